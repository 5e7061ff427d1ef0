package org.x2go.authservice.posix;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Addresses of Unix domain sockets as the kernel takes and gives them (struct sockaddr_un of unix(7)). */
final class UnixAddress {
    private static final int PATH_OFFSET = 2;
    private static final int SUN_PATH_BYTES = 108;

    private UnixAddress() {}

    /**
     * The address of a socket file.
     *
     * @throws IOException if the path is too long for a socket
     */
    static Memory ofPath(String path) throws IOException {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= SUN_PATH_BYTES) {
            throw new IOException(
                    "the path has " + bytes.length + " bytes, and a socket's path has at most " + (SUN_PATH_BYTES - 1));
        }
        Memory address = cleared(PATH_OFFSET + bytes.length + 1L);
        address.write(PATH_OFFSET, bytes, 0, bytes.length);
        return address;
    }

    /** The address of a socket in the abstract namespace, whose name has no NUL at its end. */
    static Memory ofAbstractName(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= SUN_PATH_BYTES) {
            throw new IOException("the name has " + bytes.length + " bytes, and an abstract socket's name has at most "
                    + (SUN_PATH_BYTES - 1));
        }
        Memory address = cleared(PATH_OFFSET + 1L + bytes.length);
        address.write(PATH_OFFSET + 1L, bytes, 0, bytes.length);
        return address;
    }

    /** Where the file of a bound socket is; empty if it is bound to something else. */
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
