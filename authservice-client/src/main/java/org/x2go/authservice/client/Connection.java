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
 * One connection to the service, used by one call at a time. Other threads may call {@link #close} only, which makes whatever
 * the connection is doing fail with a {@link ClosedChannelException}.
 *
 * <p>The channel is blocking. A virtual thread that reads from a blocking channel is parked, and its carrier thread runs others
 * meanwhile; one that waits in a {@link java.nio.channels.Selector} is pinned to its carrier. And on a non-blocking
 * channel connect(2) does not wait while the backlog is full: it fails with EAGAIN. The price is that nothing here has a timeout of its
 * own: the {@link Watchdog} closes the connection instead.
 */
final class Connection implements Closeable {
    /** More than the longest answer, so that one read also shows whether anything follows it. */
    private static final int REPLY_BYTES = 16;

    private final UnixDomainSocketAddress address;
    private final ServerVerifier verifier;
    private final ByteBuffer reply = ByteBuffer.allocateDirect(REPLY_BYTES);
    private volatile long idleSince;

    // Guarded by this; the channel is also read without it.
    private volatile SocketChannel channel;
    private boolean closed;

    Connection(UnixDomainSocketAddress address, ServerVerifier verifier) throws IOException {
        this.address = address;
        this.verifier = verifier;
        this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    }

    /** Connects, waits as long as the backlog is full, and verifies who created the socket. */
    void connect() throws IOException {
        try {
            connectAwaitingBacklog();
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
     * On a virtual thread the JDK does not wait while the backlog is full (EAGAIN); on a platform thread the kernel does. The exception's
     * text cannot identify EAGAIN, because it is localized. So the call is repeated on a platform thread after any SocketException;
     * if the cause was not EAGAIN, the same failure recurs there at once.
     */
    private void connectAwaitingBacklog() throws IOException {
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

    /** Replaces the channel, which a failed connect has closed. */
    private synchronized SocketChannel reopen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        return channel;
    }

    /**
     * Whether the connection is open and has received nothing since its last answer. Bytes that nobody asked for would be taken
     * for the answer to the next request.
     */
    boolean isReusable() {
        try {
            channel.configureBlocking(false);
            int read = channel.read(reply.clear());
            channel.configureBlocking(true);
            return read == 0;
        } catch (IOException e) {
            // No request depends on it yet: another connection takes its place.
            return false;
        }
    }

    /** Sends a request. If that fails, the buffer's position says whether the service can have read any of it. */
    void send(ByteBuffer request) throws IOException {
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    /** Waits for the answer to the one request in flight: a known word, a newline, and nothing else. */
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
            // close(2) has released the descriptor nevertheless, and nothing was left to send.
        }
    }
}
