package org.x2go.authservice.posix;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Addresses of Unix domain sockets for the kernel (struct sockaddr_un of unix(7)). */
final class UnixAddress {
    private static final int PATH_OFFSET = 2;
    private static final int SUN_PATH_BYTES = 108;

    private UnixAddress() {}

    /**
     * The address of a socket.
     *
     * @param address the path of its file; or {@code @} and its name in the abstract namespace
     * @throws IOException if that is too long for a socket
     */
    static Memory of(String address) throws IOException {
        boolean isAbstract = address.startsWith("@");
        byte[] bytes = (isAbstract ? address.substring(1) : address).getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= SUN_PATH_BYTES) {
            throw new IOException("the " + (isAbstract ? "name" : "path") + " has " + bytes.length
                    + " bytes, but that of a socket at most " + (SUN_PATH_BYTES - 1));
        }
        // A path is followed by a NUL; an abstract name follows a NUL.
        Memory memory = cleared(PATH_OFFSET + 1L + bytes.length);
        memory.write(isAbstract ? PATH_OFFSET + 1L : PATH_OFFSET, bytes, 0, bytes.length);
        return memory;
    }

    /** The path of a bound socket; empty if it is not bound to a path. */
    static Optional<Path> pathOf(int descriptor) {
        try (Memory address = cleared(PATH_OFFSET + SUN_PATH_BYTES + 1L);
                Memory length = new Memory(Integer.BYTES)) {
            length.setInt(0, PATH_OFFSET + SUN_PATH_BYTES);
            LibC.getsockname(descriptor, address, length);
            String path = address.getString(PATH_OFFSET, StandardCharsets.UTF_8.name());
            return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
        }
    }

    private static Memory cleared(long size) {
        Memory address = new Memory(size);
        address.clear();
        address.setShort(0, (short) LibC.AF_UNIX);
        return address;
    }
}
