package org.x2go.authservice.posix;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text as a C string: UTF-8 in every locale, terminated by a NUL. */
public final class CString {
    private CString() {}

    /**
     * The text's bytes and a NUL.
     *
     * @throws IllegalArgumentException if the text holds a NUL or half a surrogate pair, with which C would read a
     *     different text
     */
    public static byte[] of(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("contains a NUL");
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!new String(bytes, StandardCharsets.UTF_8).equals(text)) {
            throw new IllegalArgumentException("contains half a surrogate pair");
        }
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
