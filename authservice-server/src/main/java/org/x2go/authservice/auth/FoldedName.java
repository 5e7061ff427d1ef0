package org.x2go.authservice.auth;

import java.text.Normalizer;
import java.util.Locale;

/** The form of a user's name by which attempts are counted: names of one account should be equal. */
public final class FoldedName {
    /**
     * No directory has longer names, so the rest is cut off. This bounds memory, since a character may expand to
     * eighteen letters, and time, since sorting accents takes quadratic time.
     */
    private static final int MAX_CHARACTERS = 256;

    private static final int MONGOLIAN_TODO_SOFT_HYPHEN = 0x1806;
    private static final int OBJECT_REPLACEMENT_CHARACTER = 0xFFFC;

    private FoldedName() {}

    /**
     * Folds a name. The result is equal for names that directories treat as one account: names that differ in case, in
     * the width or form of letters, in blanks and invisible characters (RFC 4518, sections 2.2, 2.3 and 2.6), or in
     * accents, which some directories ignore. It may be equal for further names, which are then counted together.
     * There is no lookup, so aliases of an account are not recognized.
     */
    public static String of(String user) {
        if (isPlain(user)) {
            return user.toLowerCase(Locale.ROOT);
        }
        String letters = counted(Normalizer.normalize(counted(user), Normalizer.Form.NFKD));
        // Upper case first, since some letters reach their lower-case form only by way of it.
        return letters.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** Nearly every name is plain, and this runs on the event loop. */
    private static boolean isPlain(String user) {
        if (user.length() > MAX_CHARACTERS) {
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
        text.codePoints().filter(FoldedName::isCounted).limit(MAX_CHARACTERS).forEach(counted::appendCodePoint);
        return counted.toString();
    }

    private static boolean isCounted(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    // Accents, and the invisible variation selectors and grapheme joiner.
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK -> false;
            default -> character != MONGOLIAN_TODO_SOFT_HYPHEN && character != OBJECT_REPLACEMENT_CHARACTER;
        };
    }
}
