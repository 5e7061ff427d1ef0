package org.x2go.authservice.worker.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.protocol.SecretBytes;
import org.x2go.authservice.protocol.Wipe;

/** A worker's end of the channel. One thread receives requests; any thread may {@link #tell}. */
public final class RequestChannel {
    /** The service's longest request has a megabyte. */
    private static final int MAX_FIELD_BYTES = 1 << 20;

    private static final int USUAL_FRAME_BYTES = 8192;

    private final StreamSocket socket;
    private final ByteBuffer reply = ByteBuffer.allocateDirect(Integer.BYTES + Reply.MAX_BODY);

    /** The received part of a frame; wiped after each request. */
    private ByteBuffer frame = ByteBuffer.allocateDirect(USUAL_FRAME_BYTES);

    public RequestChannel(StreamSocket socket) {
        this.socket = socket;
    }

    /**
     * Waits for a request, and wipes what it came in.
     *
     * @return the request, whose credentials the caller closes; or null if the service has closed the channel
     * @throws IOException if the request is malformed or truncated
     */
    public @Nullable Request next() throws IOException {
        try {
            return receiveFrame() ? Request.decode(frame.flip().position(Integer.BYTES)) : null;
        } finally {
            Wipe.wipe(frame);
            frame.clear();
        }
    }

    /**
     * Receives one frame; returns false if the channel was closed before it. The service sends the next frame only
     * after the answer.
     */
    private boolean receiveFrame() throws IOException {
        int length = Integer.BYTES;
        while (frame.position() < length) {
            if (socket.receive(frame) < 0) {
                if (frame.position() > 0) {
                    throw new EOFException("the channel was closed inside a frame");
                }
                return false;
            }
            if (frame.position() >= Integer.BYTES) {
                length = Integer.BYTES + bodyLength();
                makeRoom(length);
            }
        }
        if (frame.position() > length) {
            throw new IOException("a request before the previous one was answered");
        }
        return true;
    }

    private int bodyLength() throws IOException {
        int length = frame.getInt(0);
        if (length < 0 || length > Request.maxBody(MAX_FIELD_BYTES)) {
            throw new IOException("a frame of invalid length");
        }
        return length;
    }

    private void makeRoom(int length) {
        if (frame.capacity() < length) {
            ByteBuffer roomier = ByteBuffer.allocateDirect(length);
            SecretBytes.copy(frame.flip(), roomier);
            Wipe.wipe(frame);
            frame = roomier;
        }
    }

    /** Sends a message to the service. */
    public synchronized void tell(Reply message) throws IOException {
        message.encode(reply.clear());
        socket.send(reply.flip());
    }

    /**
     * Waits until the service has closed the channel, without reading from it.
     *
     * @param timeoutMillis the timeout in milliseconds; a negative one is infinite
     * @return whether it is closed
     */
    public boolean awaitHangUp(int timeoutMillis) throws IOException {
        return socket.awaitHangUp(timeoutMillis);
    }
}
