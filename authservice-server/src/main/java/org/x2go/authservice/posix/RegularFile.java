package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A regular file in a directory that may belong to a user who is not trusted. An existing file is examined before it
 * is opened for reading: no link is followed, and a pipe or device cannot block this process.
 */
public final class RegularFile implements AutoCloseable {
    private static final int OWNER_ONLY = 0600;

    private final int descriptor;
    private final FileStatus identity;

    private RegularFile(int descriptor, FileStatus identity) {
        this.descriptor = descriptor;
        this.identity = identity;
    }

    /**
     * Opens the file at a path.
     *
     * @return the file; empty if nothing is there
     * @throws IOException if it is not a regular file or cannot be read; the message says which
     */
    public static Optional<RegularFile> open(Path path) throws IOException {
        try (PathHandle handle = PathHandle.open(path)) {
            if (handle == null) {
                return Optional.empty();
            }
            if (!handle.identity().isRegularFile()) {
                throw new IOException(
                        "it is " + handle.identity().kind() + " and not a regular file; it is left unchanged");
            }
            return Optional.of(new RegularFile(handle.open(LibC.O_RDONLY), handle.identity()));
        } catch (LastErrorException e) {
            throw new IOException("it cannot be read: " + Errno.text(e), e);
        }
    }

    /**
     * Creates a file that does not exist yet, and opens it for writing.
     *
     * @param mode its mode, whatever this process's umask
     * @throws IOException if it cannot be created, or the path exists, even as a link
     */
    public static OutputStream create(Path path, int mode) throws IOException {
        int descriptor = Errno.check("make " + path, () -> LibC.create(path, LibC.O_WRONLY, OWNER_ONLY));
        try {
            Errno.check("make " + path, () -> LibC.fchmod(descriptor, mode));
            return Files.newOutputStream(PathHandle.referenceTo(descriptor));
        } finally {
            LibC.close(descriptor);
        }
    }

    /**
     * Creates a file that does not exist yet, and locks it as {@link #tryLock} does. Until then only its owner can open it, so
     * that no other user locks it first.
     *
     * @param content what it contains
     * @param mode its mode, whatever this process's umask
     * @throws IOException if it cannot be created, or the path exists, even as a link; the message calls the file "it"
     */
    public static RegularFile createLocked(Path path, byte[] content, int mode) throws IOException {
        int descriptor = Errno.check("create it", () -> LibC.create(path, LibC.O_WRONLY, OWNER_ONLY));
        try {
            Errno.check("set its mode", () -> LibC.fchmod(descriptor, OWNER_ONLY));
            Files.write(PathHandle.referenceTo(descriptor), content);
            RegularFile file = new RegularFile(
                    descriptor, FileStatus.ofDescriptor(descriptor).orElseThrow());
            if (!file.tryLock()) {
                throw new IOException("another process has locked it");
            }
            Errno.check("set its mode", () -> LibC.fchmod(descriptor, mode));
            return file;
        } catch (IOException e) {
            LibC.close(descriptor);
            // What it contains is not complete, or not locked.
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** Which file it is. */
    public FileStatus identity() {
        return identity;
    }

    /** The first bytes of the file, as ISO 8859-1. */
    public String beginning(int bytes) throws IOException {
        try (InputStream content = Files.newInputStream(PathHandle.referenceTo(descriptor))) {
            return new String(content.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        }
    }

    /**
     * Locks the file (flock(2)) to show that it is in use. The lock ends when this is closed or the process exits;
     * child processes do not inherit it.
     *
     * @return false if another process holds the lock
     */
    public boolean tryLock() throws IOException {
        try {
            LibC.flock(descriptor, LibC.LOCK_EX | LibC.LOCK_NB);
            return true;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == Errno.EAGAIN) {
                return false;
            }
            throw new IOException("it cannot be locked: " + Errno.text(e), e);
        }
    }

    @Override
    public void close() {
        LibC.close(descriptor);
    }
}
