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
 * A regular file in a directory that may belong to a user who is not trusted. One that is there already is looked at before it is
 * opened to be read: no link is followed, and nothing that lies there makes this process wait.
 */
public final class RegularFile implements AutoCloseable {
    private static final int OWNERS = 0600;

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
     * @throws IOException if something else than a regular file is there, or it may not be read; the message says which
     */
    public static Optional<RegularFile> open(Path path) throws IOException {
        try (PathHandle handle = PathHandle.open(path)) {
            if (handle == null) {
                return Optional.empty();
            }
            if (!handle.identity().isRegularFile()) {
                throw new IOException(
                        "what lies there is " + handle.identity().kind() + " and not a regular file; it is left alone");
            }
            return Optional.of(new RegularFile(handle.open(LibC.O_RDONLY), handle.identity()));
        } catch (LastErrorException e) {
            throw new IOException("what lies there cannot be read: " + Errno.text(e), e);
        }
    }

    /**
     * Makes a file where nothing is, and opens it to be written to.
     *
     * @param mode its mode, whatever this process's umask
     * @throws IOException if it cannot be made, or something is there, a link among others
     */
    public static OutputStream create(Path path, int mode) throws IOException {
        int descriptor = Errno.check("make " + path, () -> LibC.create(path, LibC.O_WRONLY, OWNERS));
        try {
            Errno.check("make " + path, () -> LibC.fchmod(descriptor, mode));
            return Files.newOutputStream(PathHandle.referenceTo(descriptor));
        } finally {
            LibC.close(descriptor);
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
     * Tells others that somebody still uses the file, by an flock(2). The lock ends when this is closed, or with this process;
     * programs that are started do not inherit it.
     *
     * @return whether this has the lock now; another has it if not
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
