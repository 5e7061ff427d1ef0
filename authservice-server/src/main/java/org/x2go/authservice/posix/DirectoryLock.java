package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A lock that services hold while they create a socket or PID file in a directory, or remove a socket: an flock(2) on the
 * directory itself, which leaves no file behind.
 */
public final class DirectoryLock implements AutoCloseable {
    private static final int MAX_ATTEMPTS = 50;
    private static final long PAUSE_MILLIS = 100;

    private final int fd;

    private DirectoryLock(int fd) {
        this.fd = fd;
    }

    /**
     * Waits a few seconds for the lock. If another process keeps it, this logs a warning and continues without the
     * lock.
     */
    public static DirectoryLock of(Path directory, Consumer<String> warnings) throws IOException {
        int fd;
        try {
            fd = LibC.open(CString.of(directory.toString()), LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC);
        } catch (LastErrorException e) {
            throw new IOException(
                    "cannot open the directory " + directory + ": " + Errno.text(e)
                            + "; run as a user who may, or choose another directory",
                    e);
        }
        DirectoryLock lock = new DirectoryLock(fd);
        try {
            lock.take(directory, warnings);
            return lock;
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    private void take(Path directory, Consumer<String> warnings) throws IOException {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            try {
                LibC.flock(fd, LibC.LOCK_EX | LibC.LOCK_NB);
                return;
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.EAGAIN) {
                    throw new IOException("cannot lock the directory " + directory + ": " + Errno.text(e), e);
                }
            }
            pause();
        }
        // Any user who may read the directory can hold the lock; that must not prevent a start or stop.
        warnings.accept("The directory " + directory + " has been locked by another process for "
                + MAX_ATTEMPTS * PAUSE_MILLIS / 1000 + " s; continuing without the lock. Find that process with lsof.");
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a directory's lock", e);
        }
    }

    @Override
    public void close() {
        LibC.close(fd);
    }
}
