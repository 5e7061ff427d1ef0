package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A connected Unix stream socket between two processes, whose bytes go between the kernel and memory outside the heap with
 * no copy in between: the JDK's channels cannot be made from a descriptor, nor be passed to a child.
 *
 * <p>One thread sends and one receives at a time. {@link #shutDown} may be called by any, and ends their waiting;
 * {@link #close} only when no other thread uses the socket.
 */
public final class StreamSocket implements AutoCloseable {
    private static final short POLLIN = 1;
    private static final short POLLRDHUP = 0x2000;
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS_OFFSET = 4;
    private static final int REVENTS_OFFSET = 6;

    private static final int SHUT_RDWR = 2;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDTIMEO = 21;

    /** Where the path is in struct sockaddr_un, and how long it may be. */
    private static final int PATH_OFFSET = 2;

    private static final int PATH_BYTES = 107;

    private final int fd;
    private boolean closed;

    /** One for who sends and receives, one for who waits for the end, each made once. */
    private final Memory pollfds = new Memory(2L * POLLFD_BYTES);

    private StreamSocket(int fd) {
        this.fd = fd;
        prepare(0, POLLIN);
        prepare(POLLFD_BYTES, POLLRDHUP);
    }

    private void prepare(long at, short events) {
        pollfds.setInt(at, fd);
        pollfds.setShort(at + EVENTS_OFFSET, events);
        pollfds.setShort(at + REVENTS_OFFSET, (short) 0);
    }

    /** A socket that this process has been given; it becomes the returned object's. */
    public static StreamSocket of(int descriptor) {
        return new StreamSocket(descriptor);
    }

    /** Two sockets that are connected to each other (socketpair(2)); no program that is started inherits them. */
    public static StreamSocket[] pair() throws IOException {
        try (Memory fds = new Memory(2L * Integer.BYTES)) {
            LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0, fds);
            return new StreamSocket[] {new StreamSocket(fds.getInt(0)), new StreamSocket(fds.getInt(Integer.BYTES))};
        } catch (LastErrorException e) {
            throw new IOException("cannot make a pair of sockets: " + Errno.text(e), e);
        }
    }

    /** Connects to whoever listens at a path. */
    public static StreamSocket connect(Path path) throws IOException {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > PATH_BYTES) {
            throw new IOException("cannot connect to " + path + ": the path has more than " + PATH_BYTES + " bytes");
        }
        StreamSocket socket = null;
        try (Memory address = new Memory(PATH_OFFSET + PATH_BYTES + 1L)) {
            address.clear();
            address.setShort(0, (short) LibC.AF_UNIX);
            address.write(PATH_OFFSET, bytes, 0, bytes.length);
            socket = new StreamSocket(LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0));
            LibC.connect(socket.fd, address, (int) address.size());
            return socket;
        } catch (LastErrorException e) {
            if (socket != null) {
                socket.close();
            }
            throw new IOException("cannot connect to " + path + ": " + Errno.text(e), e);
        }
    }

    /** Makes a peer that does not read an error after this time, instead of a wait without an end. */
    public void sendTimeout(int seconds) {
        try (Memory time = new Memory(2L * Long.BYTES)) {
            time.setLong(0, seconds);
            time.setLong(Long.BYTES, 0);
            LibC.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, time, (int) time.size());
        }
    }

    /**
     * Sends all that remains in a direct buffer.
     *
     * @throws IOException if the other end is closed, or does not read
     */
    public void send(ByteBuffer bytes) throws IOException {
        long base = address(bytes);
        while (bytes.hasRemaining()) {
            try {
                long sent = LibC.send(fd, base + bytes.position(), bytes.remaining(), MSG_NOSIGNAL);
                bytes.position(bytes.position() + (int) sent);
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.EINTR) {
                    throw new IOException("cannot send: " + Errno.text(e), e);
                }
            }
        }
    }

    /**
     * Waits for bytes and adds what has come to a direct buffer that has room.
     *
     * @return how many bytes came, or -1 if the other end is closed and there are no more
     */
    public int receive(ByteBuffer into) throws IOException {
        long base = address(into);
        while (true) {
            try {
                long got = LibC.read(fd, base + into.position(), into.remaining());
                into.position(into.position() + (int) got);
                return got == 0 ? -1 : (int) got;
            } catch (LastErrorException e) {
                if (e.getErrorCode() == Errno.ECONNRESET) {
                    return -1;
                }
                if (e.getErrorCode() != Errno.EINTR) {
                    throw new IOException("cannot receive: " + Errno.text(e), e);
                }
            }
        }
    }

    /**
     * Waits until there is something to be received, or the other end is closed.
     *
     * @param deadline until when, as of System.nanoTime
     * @throws SocketTimeoutException if neither comes about in time
     */
    public void awaitReadable(long deadline) throws IOException {
        while (true) {
            long left = Math.max(0, deadline - System.nanoTime());
            // Rounded up, so that a wait is never over before its time.
            int millis = (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(left + 999_999));
            if (poll(0, millis)) {
                return;
            }
            if (deadline - System.nanoTime() <= 0) {
                throw new SocketTimeoutException("nothing has come in time");
            }
        }
    }

    /** Waits until the other end is closed, whatever comes to be received meanwhile. */
    public void awaitHangUp() throws IOException {
        while (!poll(POLLFD_BYTES, -1)) {
            // Interrupted by a signal.
        }
    }

    /** An error on the socket is an event as well (poll(2)). */
    private boolean poll(long pollfd, int timeoutMillis) throws IOException {
        try {
            return LibC.poll(pollfds.share(pollfd), 1, timeoutMillis) > 0;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == Errno.EINTR) {
                return false;
            }
            throw new IOException("cannot wait for a socket: " + Errno.text(e), e);
        }
    }

    private static long address(ByteBuffer direct) {
        Pointer pointer = Native.getDirectBufferPointer(direct);
        return Pointer.nativeValue(pointer);
    }

    /** Its number, for a process that is to inherit it. */
    public int descriptor() {
        return fd;
    }

    /** Ends the connection both ways, and every wait for it. Not an error if it has ended, or this is closed. */
    public synchronized void shutDown() {
        if (closed) {
            return;
        }
        try {
            LibC.shutdown(fd, SHUT_RDWR);
        } catch (LastErrorException e) {
            // Not connected any more, which is what was wanted.
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LibC.close(fd);
        }
    }
}
