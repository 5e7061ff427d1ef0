package org.x2go.authservice.worker.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.protocol.SecretBytes;
import org.x2go.authservice.protocol.Wipe;

/**
 * Cuts what comes over a channel into frames: four bytes that tell a body's length, then the body. Used by one thread at a
 * time.
 */
final class FrameReader {
    private static final int FIRST_BYTES = 8192;

    private final StreamSocket socket;
    private final int maxBody;

    /** From its position to its limit lies what has come and was not handed on yet. */
    private ByteBuffer bytes = ByteBuffer.allocateDirect(FIRST_BYTES).limit(0);

    /** @param maxBody a longer one is an error */
    FrameReader(StreamSocket socket, int maxBody) {
        this.socket = socket;
        this.maxBody = maxBody;
    }

    /**
     * Waits for the next frame. What this returned before is not valid any more.
     *
     * @return the frame's body, or null if the other end has closed the channel
     * @throws IOException if what comes is no frame, or the channel ends in the middle of one
     */
    @Nullable
    ByteBuffer next() throws IOException {
        while (true) {
            ByteBuffer body = cut();
            if (body != null) {
                return body;
            }
            if (!receiveSome()) {
                return null;
            }
        }
    }

    /** Whether the next frame is here already. */
    private boolean hasNext() throws IOException {
        return bytes.remaining() >= Integer.BYTES && bytes.remaining() - Integer.BYTES >= bodyLength();
    }

    private @Nullable ByteBuffer cut() throws IOException {
        if (!hasNext()) {
            return null;
        }
        int start = bytes.position() + Integer.BYTES;
        int length = bodyLength();
        bytes.position(start + length);
        return bytes.slice(start, length);
    }

    private int bodyLength() throws IOException {
        int length = bytes.getInt(bytes.position());
        if (length < 0 || length > maxBody) {
            throw new IOException("a frame that is too long, or none");
        }
        return length;
    }

    /**
     * Waits for bytes.
     *
     * @return false if the other end has closed the channel
     */
    private boolean receiveSome() throws IOException {
        if (receive() >= 0) {
            return true;
        }
        if (bytes.hasRemaining()) {
            throw new EOFException("the channel has ended in the middle of a frame");
        }
        return false;
    }

    private int receive() throws IOException {
        makeRoom();
        int end = bytes.limit();
        bytes.limit(bytes.capacity());
        int start = bytes.position();
        bytes.position(end);
        int got = -1;
        try {
            got = socket.receive(bytes);
        } finally {
            bytes.position(start).limit(end + Math.max(0, got));
        }
        return got;
    }

    /** For the frame that has begun, or the length of the next one. What is moved is wiped where it was. */
    private void makeRoom() throws IOException {
        int wanted = Integer.BYTES + (bytes.remaining() < Integer.BYTES ? 0 : bodyLength());
        if (bytes.position() + wanted <= bytes.capacity() && bytes.limit() < bytes.capacity()) {
            return;
        }
        ByteBuffer roomier = ByteBuffer.allocateDirect(Math.max(FIRST_BYTES, wanted));
        SecretBytes.copy(bytes, roomier);
        wipe();
        bytes = roomier.flip();
    }

    /** Overwrites all that came and was handed on, and everything else too: to be called when no frame is awaited. */
    void wipe() {
        Wipe.wipe(bytes);
        bytes.position(0).limit(0);
    }
}
