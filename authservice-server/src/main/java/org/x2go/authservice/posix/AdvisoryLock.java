package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An flock(2) on a file, which tells others that somebody still uses it. It ends with this process at the latest; programs
 * that are started do not inherit it.
 */
public final class AdvisoryLock implements AutoCloseable {
    private final int descriptor;

    private AdvisoryLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Locks a file that is there, without following a link or waiting.
     *
     * @return the lock; empty if another has it
     */
    public static Optional<AdvisoryLock> tryOn(Path file) throws IOException {
        int descriptor;
        try {
            int flags = LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NONBLOCK | LibC.O_NOFOLLOW;
            descriptor = LibC.open(CString.of(file.toString()), flags);
        } catch (LastErrorException e) {
            throw new IOException("cannot open " + file + ": " + Errno.text(e), e);
        }
        try {
            LibC.flock(descriptor, LibC.LOCK_EX | LibC.LOCK_NB);
            return Optional.of(new AdvisoryLock(descriptor));
        } catch (LastErrorException e) {
            LibC.close(descriptor);
            if (e.getErrorCode() == Errno.EAGAIN) {
                return Optional.empty();
            }
            throw new IOException("cannot lock " + file + ": " + Errno.text(e), e);
        }
    }

    @Override
    public void close() {
        LibC.close(descriptor);
    }
}
