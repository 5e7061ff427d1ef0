package org.x2go.authservice.posix;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as C takes it: UTF-8 whatever the locale, ended by a NUL. */
public final class CString {
    private CString() {}

    /**
     * The text's bytes and a NUL.
     *
     * @throws IllegalArgumentException if the text holds a NUL or half a surrogate pair, with which C would be given
     *     another text than this one
     */
    public static byte[] of(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("holds a NUL");
        }
        ByteBuffer encoded;
        try {
            encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("holds half a surrogate pair", e);
        }
        byte[] bytes = new byte[encoded.remaining() + 1];
        encoded.get(bytes, 0, bytes.length - 1);
        return bytes;
    }
}
