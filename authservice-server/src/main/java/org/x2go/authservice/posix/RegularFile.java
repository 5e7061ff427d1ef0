package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A regular file that is there already, opened to be read in a directory that may belong to a user who is not trusted: it is
 * looked at before it is opened, no link is followed, and nothing that lies there makes this process wait.
 */
public final class RegularFile implements AutoCloseable {
    private final int descriptor;
    private final FileIdentity identity;

    private RegularFile(int descriptor, FileIdentity identity) {
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
        Optional<PathHandle> found = PathHandle.open(path);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (PathHandle handle = found.get()) {
            if (!handle.identity().isRegularFile()) {
                throw new IOException(
                        "what lies there is " + handle.identity().kind() + " and not a regular file; it is left alone");
            }
            return Optional.of(new RegularFile(handle.open(LibC.O_RDONLY), handle.identity()));
        } catch (LastErrorException e) {
            throw new IOException("what lies there cannot be read: " + Errno.text(e), e);
        }
    }

    /** Which file it is. */
    public FileIdentity identity() {
        return identity;
    }

    /** The first bytes of the file, as ISO 8859-1; to be called once. */
    public String beginning(int bytes) throws IOException {
        try (Memory buffer = new Memory(bytes)) {
            int length = 0;
            while (length < bytes) {
                long got = LibC.read(descriptor, Pointer.nativeValue(buffer) + length, bytes - length);
                if (got == 0) {
                    break;
                }
                length += (int) got;
            }
            return new String(buffer.getByteArray(0, length), StandardCharsets.ISO_8859_1);
        } catch (LastErrorException e) {
            throw new IOException("what lies there cannot be read: " + Errno.text(e), e);
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
