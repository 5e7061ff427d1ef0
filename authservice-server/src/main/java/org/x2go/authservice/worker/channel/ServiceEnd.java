package org.x2go.authservice.worker.channel;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.protocol.Credentials;

/** The service's end of a channel. Used by one thread at a time, but for {@link #shutDown}. */
public final class ServiceEnd implements AutoCloseable {
    private final StreamSocket socket;
    private final FrameReader reader;
    private final FrameWriter writer;

    /** The number of the last request. */
    private int asked;

    /** The socket becomes this object's. */
    public ServiceEnd(StreamSocket socket) {
        this.socket = socket;
        this.reader = new FrameReader(socket, Reply.LONGEST_BODY);
        this.writer = new FrameWriter(socket);
    }

    /**
     * Sends a request, and wipes what was sent.
     *
     * @throws IOException if the worker has ended: then it has not seen all of the request, and has done nothing with it
     */
    public void ask(Credentials credentials, PeerCredentials peer) throws IOException {
        new Request(++asked, credentials, peer).send(writer);
    }

    /**
     * Waits for the worker to say something.
     *
     * @param deadline until when, as of System.nanoTime
     * @throws java.net.SocketTimeoutException if it says nothing until then
     * @throws EOFException if it has ended
     * @throws IOException if it says what makes no sense, such as an answer to another request than the last one
     */
    public Reply next(long deadline) throws IOException {
        while (!reader.hasNext()) {
            socket.awaitReadable(deadline);
            if (!reader.receiveSome()) {
                throw new EOFException("the worker has closed its channel");
            }
        }
        ByteBuffer body = reader.next();
        if (body == null) {
            throw new EOFException("the worker has closed its channel");
        }
        Reply reply = Reply.decode(body);
        if (reply instanceof Reply.Answer answer && answer.number() != asked) {
            throw new IOException("an answer to another request");
        }
        return reply;
    }

    /** Ends the channel, and so the worker; whoever waits for it finds it ended. */
    public void shutDown() {
        socket.shutDown();
    }

    @Override
    public void close() {
        socket.close();
    }
}
