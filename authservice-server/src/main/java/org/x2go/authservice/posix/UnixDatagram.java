package org.x2go.authservice.posix;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Sends messages to a Unix datagram socket; the JDK has no class for that. Thread-safe. */
public final class UnixDatagram implements AutoCloseable {
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
        int type = LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC;
        return new UnixDatagram(address, Errno.check("make a socket", () -> LibC.socket(LibC.AF_UNIX, type, 0)));
    }

    /** Sends a message; waits while the receiver has too many of them unread. */
    public void send(String message) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try (Memory receiver = UnixAddress.of(address)) {
            Errno.check("send to " + address, () -> (int)
                    LibC.sendto(descriptor, bytes, bytes.length, LibC.MSG_NOSIGNAL, receiver, (int) receiver.size()));
        }
    }

    @Override
    public void close() {
        LibC.close(descriptor);
    }
}
