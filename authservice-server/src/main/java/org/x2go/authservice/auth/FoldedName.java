package org.x2go.authservice.auth;

import java.util.Locale;

/** A user's name as attempts to guess that user's password are counted by it. */
public final class FoldedName {
    private FoldedName() {}

    /**
     * The same for names that directories take for one account, since they differ in case, or in blanks and characters that
     * are not seen, only (RFC 4518, sections 2.2 and 2.6). It may be the same for some more, which are then counted
     * together. Nothing is looked up: other names that one account has are not known.
     */
    public static String of(String user) {
        StringBuilder visible = new StringBuilder(user.length());
        user.codePoints().filter(FoldedName::isVisible).forEach(visible::appendCodePoint);
        // Twice, since some letters have a small form that only their capital leads to.
        return visible.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
