package org.x2go.authservice.pam;

import org.jspecify.annotations.Nullable;

/** The words of one line of rules, taken from left to right as libpam does (_pam_StrTok, since 1.7 _pam_tokenize). */
final class RuleLine {
    private static final String BLANKS = " \t\n";

    private final int number;
    private final String text;
    private int position;

    /**
     * @param number the number of the line in its file, the first one if it goes on in others
     * @param text its text, a char for each byte, without comments
     */
    RuleLine(int number, String text) {
        this.number = number;
        this.text = text;
    }

    int number() {
        return number;
    }

    /** The next word; null if there is none. Text in square brackets is one word, which may be empty. */
    @Nullable
    String next() {
        while (position < text.length() && isBlank(text.charAt(position))) {
            position++;
        }
        if (position == text.length()) {
            return null;
        }
        return text.charAt(position) == '[' ? bracketed() : plain();
    }

    private String plain() {
        int start = position;
        while (position < text.length() && !isBlank(text.charAt(position))) {
            position++;
        }
        String word = text.substring(start, position);
        skipOne();
        return word;
    }

    /**
     * Ends at the first {@code ]} that is not escaped as {@code \]}, or at the end of the line.
     */
    private String bracketed() {
        StringBuilder word = new StringBuilder();
        position++;
        while (position < text.length() && text.charAt(position) != ']') {
            if (text.startsWith("\\]", position)) {
                position++;
            }
            word.append(text.charAt(position++));
        }
        skipOne();
        return word.toString();
    }

    private void skipOne() {
        position = Math.min(position + 1, text.length());
    }

    static boolean isBlank(char c) {
        return BLANKS.indexOf(c) >= 0;
    }
}
