package org.x2go.authservice.worker.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.protocol.SecretBytes;
import org.x2go.authservice.protocol.Wipe;

/** Builds frames and sends them. Used by one thread at a time. */
final class FrameWriter {
    private static final int FIRST_BYTES = 8192;

    private final StreamSocket socket;
    private ByteBuffer frame = ByteBuffer.allocateDirect(FIRST_BYTES);

    FrameWriter(StreamSocket socket) {
        this.socket = socket;
    }

    /** Begins a frame whose body has at most so many bytes. */
    FrameWriter begin(int longestBody) {
        if (frame.capacity() < Integer.BYTES + longestBody) {
            frame = ByteBuffer.allocateDirect(Integer.BYTES + longestBody);
        }
        frame.clear().position(Integer.BYTES);
        return this;
    }

    FrameWriter put(int value) {
        frame.putInt(value);
        return this;
    }

    FrameWriter put(long value) {
        frame.putLong(value);
        return this;
    }

    FrameWriter put(byte value) {
        frame.put(value);
        return this;
    }

    /** A text that is no secret, with its length before it. */
    FrameWriter put(byte[] text) {
        frame.putInt(text.length).put(text);
        return this;
    }

    /** Bytes that may be a secret. */
    FrameWriter putSecret(ByteBuffer secret) {
        frame.putInt(secret.remaining());
        SecretBytes.copy(secret.duplicate(), frame);
        return this;
    }

    void send() throws IOException {
        frame.putInt(0, frame.position() - Integer.BYTES);
        socket.send(frame.flip());
    }

    /** Overwrites the frame. */
    void wipe() {
        Wipe.wipe(frame);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
