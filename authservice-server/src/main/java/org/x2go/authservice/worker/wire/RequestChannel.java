package org.x2go.authservice.worker.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.StreamSocket;

/** A worker's end of a channel. One thread takes requests; any thread may {@link #tell}. */
public final class RequestChannel {
    /** The longest request of the service's has a megabyte. */
    private static final int MAX_FIELD_BYTES = 1 << 20;

    private final StreamSocket socket;
    private final FrameReader reader;
    private final ByteBuffer reply = ByteBuffer.allocateDirect(Integer.BYTES + Reply.MAX_BODY);

    public RequestChannel(StreamSocket socket) {
        this.socket = socket;
        this.reader = new FrameReader(socket, Request.maxBody(MAX_FIELD_BYTES));
    }

    /**
     * Waits for a request, and wipes what it came in.
     *
     * @return the request, whose credentials the caller closes; or null if the service has closed the channel
     */
    public @Nullable Request next() throws IOException {
        ByteBuffer body = reader.next();
        if (body == null) {
            return null;
        }
        try {
            return Request.decode(body);
        } finally {
            reader.wipe();
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
