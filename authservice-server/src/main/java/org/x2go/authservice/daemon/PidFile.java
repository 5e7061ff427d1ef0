package org.x2go.authservice.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.x2go.authservice.posix.AdvisoryLock;
import org.x2go.authservice.posix.DirectoryLock;

/**
 * The file that tells a process's number to those who stop it. Its directory may belong to a user who is not trusted, so
 * that no link is followed, and a file made before is replaced, never written to. It is locked for as long as its process
 * runs, so that another cannot mistake it for one that was left behind.
 */
final class PidFile implements AutoCloseable {
    /** More than the longest number and its newline. */
    private static final int MOST_BYTES = 32;

    private final Path path;
    private final String number;
    private final AdvisoryLock lock;

    private PidFile(Path path, String number, AdvisoryLock lock) {
        this.path = path;
        this.number = number;
        this.lock = lock;
    }

    /**
     * Writes a process's number.
     *
     * @throws IOException if that cannot be done, or if something lies there that is no PID file, or that of a process that
     *     runs
     */
    static PidFile write(Path path, long pid) throws IOException {
        String number = Long.toString(pid);
        try {
            Path directory = Objects.requireNonNull(path.toAbsolutePath().getParent(), "it is a directory");
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
            }
            // Between the look at an old file and the lock on the new one nobody else may do the same.
            try (DirectoryLock others = DirectoryLock.of(directory)) {
                removeOld(path);
                create(path, number);
                AdvisoryLock lock = AdvisoryLock.tryOn(path)
                        .orElseThrow(() -> new IOException("another process has locked it at once"));
                return new PidFile(path, number, lock);
            }
        } catch (IOException e) {
            throw new IOException(
                    "cannot write the PID file " + path + ": " + Failures.text(e) + "; choose another with --pidfile",
                    e);
        }
    }

    private static void create(Path path, String number) throws IOException {
        try (SeekableByteChannel file = Files.newByteChannel(
                path,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")))) {
            file.write(ByteBuffer.wrap((number + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static void removeOld(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isSymbolicLink(path)) {
            String content = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? content(path) : "no number";
            if (!content.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new IOException("what lies there is not an old PID file");
            }
            Optional<AdvisoryLock> unused = AdvisoryLock.tryOn(path);
            // Whoever may read the file may lock it, too, and is not to keep a service from starting again.
            if (unused.isEmpty() && isAlive(content)) {
                throw new IOException("it is that of an authservice that runs, process " + content + ": stop that one");
            }
            unused.ifPresent(AdvisoryLock::close);
        }
        Files.deleteIfExists(path);
    }

    private static boolean isAlive(String number) {
        try {
            return ProcessHandle.of(Long.parseLong(number)).isPresent();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String content(Path path) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(MOST_BYTES);
        int read = 0;
        try (SeekableByteChannel file =
                Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (read >= 0 && content.hasRemaining()) {
                read = file.read(content);
            }
        }
        return new String(content.array(), 0, content.position(), StandardCharsets.ISO_8859_1).strip();
    }

    /** Removes the file, if it still is this process's. */
    @Override
    public void close() throws IOException {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && content(path).equals(number)) {
            Files.deleteIfExists(path);
        }
        lock.close();
    }
}
