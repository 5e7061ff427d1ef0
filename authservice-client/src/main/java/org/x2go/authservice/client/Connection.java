package org.x2go.authservice.client;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.x2go.authservice.client.transport.ServerVerifier;
import org.x2go.authservice.client.transport.UntrustedServerException;
import org.x2go.authservice.protocol.RequestFormat;
import org.x2go.authservice.protocol.Verdict;

/**
 * One connection to the service, used by one call at a time. Only {@link #close} may be called by another thread; it ends
 * whatever the connection is doing with a {@link ClosedChannelException}.
 */
final class Connection implements Closeable {
    /** More than the longest answer, so that one read shows whether something follows it. */
    private static final int REPLY_BYTES = 16;

    private final UnixDomainSocketAddress address;
    private final ServerVerifier verifier;
    private final ByteBuffer reply = ByteBuffer.allocateDirect(REPLY_BYTES);
    private volatile long idleSince;

    // Written under this lock.
    private volatile SocketChannel channel;
    private boolean closed;

    Connection(UnixDomainSocketAddress address, ServerVerifier verifier) throws IOException {
        this.address = address;
        this.verifier = verifier;
        this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    }

    /** Connects to a server that may be told a password, and waits as long as its backlog is full. */
    void connect() throws IOException {
        try {
            connectOnAnyThread();
            verifier.verify(channel, socket());
        } catch (ClosedChannelException e) {
            throw e;
        } catch (UntrustedServerException e) {
            throw Failures.untrustedServer(e);
        } catch (IOException e) {
            throw Failures.cannotConnect(socket(), e);
        }
    }

    /**
     * On a virtual thread the JDK does not wait when the backlog is full (EAGAIN), but on a platform thread it does: there the
     * kernel waits. Which failure it is cannot be told from its text, which is in the process's language; any other one comes
     * again at once.
     */
    private void connectOnAnyThread() throws IOException {
        try {
            channel.connect(address);
        } catch (ConnectException e) { // nobody listens
            throw e;
        } catch (SocketException e) {
            try {
                PlatformThread.run(() -> reopen().connect(address));
            } catch (InterruptedException interrupt) {
                close();
                Thread.currentThread().interrupt();
                throw new ClosedByInterruptException();
            }
        }
    }

    /** A channel in place of the one that could not be connected, which is closed therefore. */
    private synchronized SocketChannel reopen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        return channel;
    }

    /**
     * Whether the service still listens and has sent nothing since its last answer. An idle connection has nothing to
     * receive: what can be read was never asked for, and would be taken for the next request's answer.
     */
    boolean isQuiet() {
        try {
            channel.configureBlocking(false);
            int read = channel.read(reply.clear());
            channel.configureBlocking(true);
            return read == 0;
        } catch (IOException e) {
            // Whatever ails a connection that has not been used yet, another one takes its place.
            return false;
        }
    }

    /** Sends a request. If that fails, its position says whether the service can have seen anything of it. */
    void send(ByteBuffer request) throws IOException {
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    /** Waits for the answer to the one request that is in flight: one known word, one newline, and nothing else. */
    Verdict receive() throws IOException {
        reply.clear();
        int newline;
        do {
            readMore();
            newline = firstNewline();
        } while (newline < 0 && reply.hasRemaining());
        if (newline != reply.position() - 1) {
            throw Failures.notAnAnswer(socket());
        }
        byte[] word = new byte[newline];
        reply.get(0, word);
        return Verdict.ofWord(new String(word, StandardCharsets.ISO_8859_1))
                .orElseThrow(() -> Failures.notAnAnswer(socket()));
    }

    private int firstNewline() {
        for (int i = 0; i < reply.position(); i++) {
            if (reply.get(i) == RequestFormat.TERMINATOR) {
                return i;
            }
        }
        return -1;
    }

    private void readMore() throws IOException {
        int read;
        try {
            read = channel.read(reply);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            throw Failures.connectionLost(socket(), e);
        }
        if (read < 0) {
            throw reply.position() == 0
                    ? Failures.connectionLost(socket(), new EOFException())
                    : Failures.notAnAnswer(socket());
        }
    }

    /** When this connection was last kept for later, by {@link System#nanoTime}. */
    long idleSince() {
        return idleSince;
    }

    void idleSince(long nanoTime) {
        idleSince = nanoTime;
    }

    private Path socket() {
        return address.getPath();
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone all the same (close(2)), and everything that was to be sent had been sent.
        }
    }
}
