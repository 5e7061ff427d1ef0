package org.x2go.authservice.auth;

import java.text.Normalizer;
import java.util.Locale;

/** A user's name as attempts to guess that user's password are counted by it. */
public final class FoldedName {
    /**
     * No directory has longer names, and the rest does not count. Names are held while attempts wait, a character may stand for
     * eighteen letters, and to put many accents in order takes a time that grows with their square.
     */
    private static final int MOST_CHARACTERS = 256;

    private static final int MONGOLIAN_TODO_SOFT_HYPHEN = 0x1806;
    private static final int OBJECT_REPLACEMENT_CHARACTER = 0xFFFC;

    private FoldedName() {}

    /**
     * The same for names that directories take for one account: they differ in case, in the width or form of letters, or in
     * blanks and characters that are not seen (RFC 4518, sections 2.2, 2.3 and 2.6), or in accents, to which some are blind.
     * It may be the same for some more, which are then counted together. Nothing is looked up: other names that one account
     * has are not known.
     */
    public static String of(String user) {
        if (isPlain(user)) {
            return user.toLowerCase(Locale.ROOT);
        }
        String letters = counted(Normalizer.normalize(counted(user), Normalizer.Form.NFKD));
        // Twice, since some letters have a small form that only their capital leads to.
        return letters.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** Nearly every name is like this, and is asked for on the event loop. */
    private static boolean isPlain(String user) {
        if (user.length() > MOST_CHARACTERS) {
            return false;
        }
        for (int i = 0; i < user.length(); i++) {
            if (user.charAt(i) <= ' ' || user.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static String counted(String text) {
        StringBuilder counted = new StringBuilder();
        text.codePoints().filter(FoldedName::isCounted).limit(MOST_CHARACTERS).forEach(counted::appendCodePoint);
        return counted.toString();
    }

    private static boolean isCounted(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    // Accents, and variation selectors and the grapheme joiner, which are not seen.
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK -> false;
            default -> character != MONGOLIAN_TODO_SOFT_HYPHEN && character != OBJECT_REPLACEMENT_CHARACTER;
        };
    }
}
