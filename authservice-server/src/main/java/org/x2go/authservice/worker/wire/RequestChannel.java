package org.x2go.authservice.worker.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.protocol.SecretBytes;
import org.x2go.authservice.protocol.Wipe;

/** A worker's end of a channel. One thread takes requests; any thread may {@link #tell}. */
public final class RequestChannel {
    /** The longest request of the service's has a megabyte. */
    private static final int MAX_FIELD_BYTES = 1 << 20;

    private static final int USUAL_FRAME_BYTES = 8192;

    private final StreamSocket socket;
    private final ByteBuffer reply = ByteBuffer.allocateDirect(Integer.BYTES + Reply.MAX_BODY);

    /** What has come of a request's frame; wiped whenever none is awaited. */
    private ByteBuffer frame = ByteBuffer.allocateDirect(USUAL_FRAME_BYTES);

    public RequestChannel(StreamSocket socket) {
        this.socket = socket;
    }

    /**
     * Waits for a request, and wipes what it came in.
     *
     * @return the request, whose credentials the caller closes; or null if the service has closed the channel
     * @throws IOException if what comes is no request, or the channel ends in the middle of one
     */
    public @Nullable Request next() throws IOException {
        try {
            return receiveFrame() ? Request.decode(frame.flip().position(Integer.BYTES)) : null;
        } finally {
            Wipe.wipe(frame);
            frame.clear();
        }
    }

    /** False if the channel has ended and nothing came before. The service sends the next frame after the answer to this one. */
    private boolean receiveFrame() throws IOException {
        int length = Integer.BYTES;
        while (frame.position() < length) {
            if (socket.receive(frame) < 0) {
                if (frame.position() > 0) {
                    throw new EOFException("the channel has ended in the middle of a frame");
                }
                return false;
            }
            if (frame.position() >= Integer.BYTES) {
                length = Integer.BYTES + bodyLength();
                makeRoom(length);
            }
        }
        if (frame.position() > length) {
            throw new IOException("a frame before the one before it was answered");
        }
        return true;
    }

    private int bodyLength() throws IOException {
        int length = frame.getInt(0);
        if (length < 0 || length > Request.maxBody(MAX_FIELD_BYTES)) {
            throw new IOException("a frame that is too long, or none");
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

    /** Tells the service something. */
    public synchronized void tell(Reply message) throws IOException {
        message.encode(reply.clear());
        socket.send(reply.flip());
    }

    /**
     * Waits until the service has closed the channel, whatever else goes on over it.
     *
     * @param timeoutMillis for so long, or for ever if it is negative
     * @return whether it has
     */
    public boolean awaitHangUp(int timeoutMillis) throws IOException {
        return socket.awaitHangUp(timeoutMillis);
    }
}
