package org.x2go.authservice.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who listens at a path, by what the kernel says of its sockets (proc(5)): asking so has no effect, where a connection would have
 * systemd start a service.
 *
 * @param inode the number of the listening socket, not that of its file
 */
public record UnixListener(long inode) {
    /** In the flags of a socket that listens (__SO_ACCEPTCONN of the kernel). */
    private static final long LISTENS = 1 << 16;

    private static final int FIELDS = 8;
    private static final int FLAGS_FIELD = 3;
    private static final int INODE_FIELD = 6;
    private static final int PATH_FIELD = 7;

    /** The socket that listens at an absolute path and whose file is there; empty if there is none. */
    public static Optional<UnixListener> at(Path path) throws IOException {
        if (FileIdentity.of(path).filter(FileIdentity::isSocket).isEmpty()) {
            return Optional.empty();
        }
        for (String line : Files.readAllLines(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(" +", FIELDS);
            if (fields.length == FIELDS
                    && isPath(fields[PATH_FIELD], path)
                    && (Long.parseLong(fields[FLAGS_FIELD], 16) & LISTENS) != 0) {
                return Optional.of(new UnixListener(Long.parseLong(fields[INODE_FIELD])));
            }
        }
        return Optional.empty();
    }

    private static boolean isPath(String field, Path path) {
        return field.equals(new String(path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    /** The first process that has the socket open; empty if none is found, as those of others by who is not root. */
    public OptionalLong process() {
        return ProcessHandle.allProcesses()
                .mapToLong(ProcessHandle::pid)
                .filter(this::isOpenIn)
                .findFirst();
    }

    private boolean isOpenIn(long process) {
        Path socket = Path.of("socket:[" + inode + "]");
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + process + "/fd"))) {
            for (Path descriptor : descriptors) {
                if (target(descriptor).equals(socket)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It has ended, or is not for this user to look at.
            return false;
        }
        return false;
    }

    private static Path target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (IOException e) {
            // Closed meanwhile.
            return descriptor;
        }
    }
}
