package org.x2go.authservice.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The sockets that listen at a path, read from /proc/net/unix. Unlike a connection, this does not make systemd start a
 * service.
 *
 * @param inodes the numbers of the listening sockets, not that of the file: several containers that share a network may
 *     each have one of this path
 */
public record UnixListener(Set<Long> inodes) {
    /** In the flags of a socket that listens (__SO_ACCEPTCONN of the kernel). */
    private static final long LISTENS = 1 << 16;

    private static final int FIELDS = 8;
    private static final int FLAGS_FIELD = 3;
    private static final int INODE_FIELD = 6;
    private static final int PATH_FIELD = 7;

    /** The socket that listens at an absolute path and whose file is there; empty if there is none. */
    public static Optional<UnixListener> at(Path path) throws IOException {
        if (FileStatus.ofEntry(path).filter(FileStatus::isSocket).isEmpty()) {
            return Optional.empty();
        }
        Set<Long> inodes = new HashSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(" +", FIELDS);
            if (fields.length == FIELDS
                    && isPath(fields[PATH_FIELD], path)
                    && (Long.parseLong(fields[FLAGS_FIELD], 16) & LISTENS) != 0) {
                inodes.add(Long.parseLong(fields[INODE_FIELD]));
            }
        }
        return inodes.isEmpty() ? Optional.empty() : Optional.of(new UnixListener(inodes));
    }

    private static boolean isPath(String field, Path path) {
        return field.equals(new String(path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    /** The first process that has the socket open; empty if none is visible. Only root sees other users' processes. */
    public OptionalLong process() {
        return ProcessHandle.allProcesses()
                .mapToLong(ProcessHandle::pid)
                .filter(this::isOpenIn)
                .findFirst();
    }

    private boolean isOpenIn(long process) {
        Set<Path> sockets =
                inodes.stream().map(inode -> Path.of("socket:[" + inode + "]")).collect(Collectors.toSet());
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + process + "/fd"))) {
            for (Path descriptor : descriptors) {
                if (sockets.contains(target(descriptor))) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It has exited, or this user may not examine it.
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
