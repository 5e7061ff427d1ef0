package org.x2go.authservice.worker.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads and writes the fields of a frame's body: a length, then as many bytes. */
final class Fields {
    private Fields() {}

    /** The field's bytes, in place. */
    static ByteBuffer bytes(ByteBuffer body) throws IOException {
        int length = body.getInt();
        if (length < 0 || length > body.remaining()) {
            throw new IOException("a field that is longer than its frame");
        }
        ByteBuffer field = body.slice(body.position(), length);
        body.position(body.position() + length);
        return field;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Writes a field that is not secret. */
    static void put(byte[] text, ByteBuffer body) {
        body.putInt(text.length).put(text);
    }

    /** Reads a field that is not secret. */
    static String text(ByteBuffer body) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes(body)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException("a field that is not UTF-8", e);
        }
    }
}
