package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A connected Unix stream socket between two processes. It transfers bytes between the kernel and off-heap memory
 * without a copy. The JDK's channels cannot be created from a descriptor, nor be passed to a child. Calls block. At
 * most one thread sends, one receives and one waits for the end at a time.
 */
public final class StreamSocket implements AutoCloseable {
    /** High enough that code which closes the first few descriptors does not close this one. */
    private static final int FIRST_FREE = 64;

    private static final short POLLRDHUP = 0x2000;
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS_OFFSET = 4;

    private final int fd;
    private boolean closed;

    /**
     * Allocated in advance: while a module hangs in the loader, an allocation could block the wait for the end.
     */
    private final Memory pollfd = new Memory(POLLFD_BYTES);

    private StreamSocket(int fd) {
        this.fd = fd;
        pollfd.clear();
        pollfd.setInt(0, fd);
        pollfd.setShort(EVENTS_OFFSET, POLLRDHUP);
    }

    /**
     * Takes over the socket that is this process's standard input, as with inetd(8), and moves it to another
     * descriptor, out of reach of code that uses the standard ones: 0 becomes /dev/null, and 1 the same as 2. Child
     * processes do not inherit the socket.
     */
    public static StreamSocket takeStandardInput() throws IOException {
        try {
            int socket = LibC.fcntl(0, LibC.F_DUPFD_CLOEXEC, FIRST_FREE);
            int devNull = LibC.open(CString.of("/dev/null"), LibC.O_RDWR | LibC.O_CLOEXEC);
            LibC.dup2(devNull, 0);
            LibC.dup2(2, 1);
            LibC.close(devNull);
            return new StreamSocket(socket);
        } catch (LastErrorException e) {
            OpenFiles.requireEnough();
            throw new IOException("cannot move the socket away from descriptor 0: " + Errno.text(e), e);
        }
    }

    /** Two connected sockets (socketpair(2)), which child processes do not inherit. */
    public static StreamSocket[] pair() throws IOException {
        try (Memory fds = new Memory(2L * Integer.BYTES)) {
            Errno.check(
                    "make a pair of sockets",
                    () -> LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0, fds));
            return new StreamSocket[] {new StreamSocket(fds.getInt(0)), new StreamSocket(fds.getInt(Integer.BYTES))};
        }
    }

    /**
     * Sends all that remains in a direct buffer.
     *
     * @throws IOException if the other end is closed
     */
    public void send(ByteBuffer bytes) throws IOException {
        long base = address(bytes);
        while (bytes.hasRemaining()) {
            try {
                long sent = LibC.send(fd, base + bytes.position(), bytes.remaining(), LibC.MSG_NOSIGNAL);
                bytes.position(bytes.position() + (int) sent);
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.EINTR) {
                    throw new IOException("cannot send: " + Errno.text(e), e);
                }
            }
        }
    }

    /**
     * Waits for bytes and adds them to a direct buffer that has room.
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
     * Waits until the other end is closed, without reading.
     *
     * @param timeoutMillis the timeout in milliseconds; a negative one is infinite
     * @return whether it is closed
     */
    public boolean awaitHangUp(int timeoutMillis) throws IOException {
        try {
            // An error on the socket is an event as well (poll(2)).
            return LibC.poll(pollfd, 1, timeoutMillis) > 0;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == Errno.EINTR) {
                return false;
            }
            throw new IOException("cannot wait for a socket: " + Errno.text(e), e);
        }
    }

    private static long address(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }

    /** The descriptor, for a child process that inherits it. */
    public int descriptor() {
        return fd;
    }

    /** Makes the socket non-blocking and returns its descriptor, which the caller closes from now on. */
    public int release() throws IOException {
        Errno.check(
                "make a socket non-blocking",
                () -> LibC.fcntl(fd, LibC.F_SETFL, LibC.fcntl(fd, LibC.F_GETFL, 0) | LibC.O_NONBLOCK));
        return fd;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LibC.close(fd);
        }
    }
}
