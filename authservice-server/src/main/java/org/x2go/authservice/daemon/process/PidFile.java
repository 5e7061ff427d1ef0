package org.x2go.authservice.daemon.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.x2go.authservice.posix.DirectoryLock;
import org.x2go.authservice.posix.ErrorMessages;
import org.x2go.authservice.posix.FileStatus;
import org.x2go.authservice.posix.RegularFile;

/**
 * The PID file. Its directory may belong to a user who is not trusted, so no link is followed, and an existing file is
 * replaced, never written to. The file is locked while its process runs, so that another process does not take it for
 * a stale one.
 */
public final class PidFile implements AutoCloseable {
    /** More than the longest number and its newline. */
    private static final int MAX_BYTES = 32;

    private static final int MODE = 0644;

    private final Path path;
    private final String number;
    private final RegularFile locked;

    private PidFile(Path path, String number, RegularFile locked) {
        this.path = path;
        this.number = number;
        this.locked = locked;
    }

    /**
     * Writes the PID file.
     *
     * @throws IOException if it cannot be written, or the path has another file, or the PID file of a running process
     */
    public static PidFile write(Path path, long pid) throws IOException {
        String number = Long.toString(pid);
        try {
            Path directory = path.toAbsolutePath().getParent();
            if (directory == null) {
                throw new IOException("it is a directory");
            }
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
            }
            // Holds off other processes between the check of the old file and the lock on the new one.
            try (DirectoryLock others = DirectoryLock.of(directory, LogManager.getLogger(PidFile.class)::warn)) {
                checkOld(path);
                Files.deleteIfExists(path);
                byte[] content = (number + "\n").getBytes(StandardCharsets.US_ASCII);
                return new PidFile(path, number, RegularFile.createLocked(path, content, MODE));
            }
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    /** Checks whether the path is free, or has a PID file that may be replaced. Changes nothing. */
    public static void check(Path path) throws IOException {
        try {
            checkOld(path);
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    private static IOException cannotWrite(Path path, IOException cause) {
        return new IOException(
                "cannot write the PID file " + path + ": " + ErrorMessages.text(cause)
                        + "; choose another with --pidfile",
                cause);
    }

    /** Checks whether the path may be written: it must be free, or have the PID file of a process that has ended. */
    private static void checkOld(Path path) throws IOException {
        Optional<RegularFile> found = RegularFile.open(path);
        if (found.isEmpty()) {
            return;
        }
        try (RegularFile old = found.get()) {
            String content = old.beginning(MAX_BYTES).strip();
            if (content.isEmpty() || !content.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new IOException("it is not a PID file, so it is left unchanged");
            }
            // Any user who may read the file can lock it, so a lock alone must not prevent a start.
            if (!old.tryLock() && isAlive(content)) {
                throw new IOException("it belongs to a running authservice, process " + content + ": stop it");
            }
        }
    }

    private static boolean isAlive(String number) {
        try {
            return ProcessHandle.of(Long.parseLong(number)).isPresent();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Removes the file, if it is still that of this process. */
    @Override
    public void close() throws IOException {
        Optional<FileStatus> there = FileStatus.ofEntry(path);
        if (there.isPresent()
                && there.get().isSameFile(locked.identity())
                && locked.beginning(MAX_BYTES).strip().equals(number)) {
            Files.deleteIfExists(path);
        }
        locked.close();
    }
}
