package org.x2go.authservice.auth;

/**
 * Makes text from outside fit for a log: one line, printable, unambiguous and of bounded length, so that nobody can
 * forge a log line, hide part of one, or send a terminal's control sequences through it.
 */
public final class LogText {
    /** The longest escaped text, in {@code char}s, without the mark that says that the rest was cut off. */
    public static final int MAX_LENGTH = 256;

    private static final char CUT_OFF = '…';

    private LogText() {}

    /**
     * The text with everything escaped that is not plainly visible: control and format characters (bidirectional
     * overrides among them), line and paragraph separators, every white space but the ordinary space, private and
     * unassigned characters, halves of surrogate pairs; and also backslash and quotes, so that the result can be
     * quoted, and the ellipsis, which therefore only ever means that the text was longer than {@link #MAX_LENGTH}.
     *
     * @param text any text
     * @return the text itself if nothing needed escaping; no escape sequence is ever cut in two
     */
    public static String escape(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(Math.min(2 * text.length(), MAX_LENGTH) + 1);
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            int before = escaped.length();
            append(escaped, character);
            if (escaped.length() > MAX_LENGTH) {
                escaped.setLength(before);
                return escaped.append(CUT_OFF).toString();
            }
            i += Character.charCount(character);
        }
        return escaped.toString();
    }

    /** Nearly every name is plain, and needs no new string. */
    private static boolean isPlain(String text) {
        if (text.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '\\' || c == '"' || c == '\'') {
                return false;
            }
        }
        return true;
    }

    private static void append(StringBuilder escaped, int character) {
        switch (character) {
            case '\n' -> escaped.append("\\n");
            case '\r' -> escaped.append("\\r");
            case '\t' -> escaped.append("\\t");
            case '\\', '"', '\'' -> escaped.append('\\').append((char) character);
            default -> {
                if (isVisible(character)) {
                    escaped.appendCodePoint(character);
                } else if (Character.isBmpCodePoint(character)) {
                    appendHex(escaped.append("\\u"), character, 4);
                } else {
                    appendHex(escaped.append("\\U"), character, 8);
                }
            }
        }
    }

    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> character == ' ';
            default -> character != CUT_OFF;
        };
    }

    private static void appendHex(StringBuilder escaped, int value, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            escaped.append(Character.forDigit(value >> shift & 0xf, 16));
        }
    }
}
