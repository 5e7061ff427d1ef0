package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file held by a descriptor (O_PATH of open(2)): it is examined and then opened or connected to by {@link
 * #reference}, and not by its path, where another file may have replaced it. A symbolic link is not followed, and
 * holding a device or a named pipe has no effect on it.
 */
final class PathHandle implements AutoCloseable {
    private static final int O_PATH = 010000000;

    private final int descriptor;
    private final FileStatus identity;

    private PathHandle(int descriptor, FileStatus identity) {
        this.descriptor = descriptor;
        this.identity = identity;
    }

    /** Returns the file at the path, which the caller closes; null if there is none. */
    static @Nullable PathHandle open(Path path) throws IOException {
        int descriptor;
        try {
            descriptor = LibC.open(CString.of(path.toString()), O_PATH | LibC.O_NOFOLLOW | LibC.O_CLOEXEC);
        } catch (LastErrorException e) {
            if (e.getErrorCode() == Errno.ENOENT) {
                return null;
            }
            throw new IOException("cannot open " + path + ": " + Errno.text(e), e);
        }
        try {
            return new PathHandle(
                    descriptor, FileStatus.ofDescriptor(descriptor).orElseThrow());
        } catch (IOException e) {
            LibC.close(descriptor);
            throw e;
        }
    }

    FileStatus identity() {
        return identity;
    }

    /** A path to the file of a descriptor. */
    static Path referenceTo(int descriptor) {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /** A path to this very file, for as long as this is open. A symbolic link cannot be opened by it. */
    Path reference() {
        return referenceTo(descriptor);
    }

    /**
     * Opens the file without blocking on a named pipe. The caller closes the descriptor.
     */
    int open(int flags) throws LastErrorException {
        return LibC.open(CString.of(reference().toString()), flags | LibC.O_CLOEXEC | LibC.O_NONBLOCK | LibC.O_NOCTTY);
    }

    @Override
    public void close() {
        LibC.close(descriptor);
    }
}
