package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Sends messages to a Unix datagram socket, which the JDK has no class for. Thread-safe. */
public final class UnixDatagram implements AutoCloseable {
    private static final int SOCK_DGRAM = 2;
    private static final int MSG_NOSIGNAL = 0x4000;

    private final String address;
    private final int descriptor;

    private UnixDatagram(String address, int descriptor) {
        this.address = address;
        this.descriptor = descriptor;
    }

    /**
     * A sender to the socket with this address.
     *
     * @param address a path; or {@code @} and the name of a socket in the abstract namespace
     */
    public static UnixDatagram to(String address) throws IOException {
        try {
            return new UnixDatagram(address, LibC.socket(LibC.AF_UNIX, SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0));
        } catch (LastErrorException e) {
            throw new IOException("cannot make a socket: " + Errno.text(e), e);
        }
    }

    /** Sends a message; waits while the receiver has too many of them unread. */
    public void send(String message) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try (Memory receiver = address.startsWith("@")
                ? UnixAddress.ofAbstractName(address.substring(1))
                : UnixAddress.ofPath(address)) {
            LibC.sendto(descriptor, bytes, bytes.length, MSG_NOSIGNAL, receiver, (int) receiver.size());
        } catch (LastErrorException e) {
            throw new IOException("cannot send to " + address + ": " + Errno.text(e), e);
        }
    }

    @Override
    public void close() {
        LibC.close(descriptor);
    }
}
