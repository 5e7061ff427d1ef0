package org.x2go.authservice.worker.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.StreamSocket;

/** A worker's end of a channel. One thread takes requests; any thread may {@link #tell}. */
public final class WorkerEnd {
    /** The longest request of the service's has a megabyte. */
    private static final int MOST_FIELD_BYTES = 1 << 20;

    private final StreamSocket socket;
    private final FrameReader reader;
    private final FrameWriter writer;

    public WorkerEnd(StreamSocket socket) {
        this.socket = socket;
        this.reader = new FrameReader(socket, Request.longestBody(MOST_FIELD_BYTES));
        this.writer = new FrameWriter(socket);
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
    public synchronized void tell(Reply reply) throws IOException {
        reply.send(writer);
    }

    /** Waits until the service has closed the channel, whatever else goes on over it. */
    public void awaitHangUp() throws IOException {
        socket.awaitHangUp();
    }
}
