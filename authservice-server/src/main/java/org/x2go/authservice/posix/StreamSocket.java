package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A connected Unix stream socket between two processes, whose bytes go between the kernel and memory outside the heap with
 * no copy in between: the JDK's channels cannot be made from a descriptor, nor be passed to a child. It blocks. One thread
 * sends, one receives and one waits for the end at a time.
 */
public final class StreamSocket implements AutoCloseable {
    /** What closes the first few descriptors, as careless daemons do, does not reach this one. */
    private static final int FIRST_FREE = 64;

    private static final short POLLRDHUP = 0x2000;
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS_OFFSET = 4;

    private final int fd;
    private boolean closed;

    /** For who waits for the end: made once, since a module that hangs in the loader must not keep that from being seen. */
    private final Memory pollfd = new Memory(POLLFD_BYTES);

    private StreamSocket(int fd) {
        this.fd = fd;
        pollfd.clear();
        pollfd.setInt(0, fd);
        pollfd.setShort(EVENTS_OFFSET, POLLRDHUP);
    }

    /**
     * The socket that this process was given as its standard input, as by inetd(8), moved out of the way of code that reads or
     * writes the standard descriptors: 0 becomes /dev/null, and 1 the same as 2. No program that this process starts inherits
     * the socket.
     */
    public static StreamSocket takeStandardInput() throws IOException {
        try {
            int socket = LibC.fcntl(0, LibC.F_DUPFD_CLOEXEC, FIRST_FREE);
            int nothing = LibC.open(CString.of("/dev/null"), LibC.O_RDWR | LibC.O_CLOEXEC);
            LibC.dup2(nothing, 0);
            LibC.dup2(2, 1);
            LibC.close(nothing);
            return new StreamSocket(socket);
        } catch (LastErrorException e) {
            OpenFiles.requireEnough();
            throw new IOException("cannot move the socket away from descriptor 0: " + Errno.text(e), e);
        }
    }

    /** Two sockets that are connected to each other (socketpair(2)); no program that is started inherits them. */
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
     * Waits until the other end is closed, whatever comes to be received meanwhile.
     *
     * @param timeoutMillis for so long, or for ever if it is negative
     * @return whether it is
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

    /** Its number, for a process that is to inherit it. */
    public int descriptor() {
        return fd;
    }

    /** Makes it one that does not block, and gives its descriptor away: to whoever closes it from now on. */
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
