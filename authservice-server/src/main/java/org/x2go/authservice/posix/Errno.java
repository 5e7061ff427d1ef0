package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.util.function.IntSupplier;

/** Error numbers of the C library (errno(3)), with the numbers they have on Linux. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EBADF = 9;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int ERANGE = 34;
    static final int ENOPROTOOPT = 92;
    static final int EADDRINUSE = 98;
    static final int ECONNRESET = 104;

    private Errno() {}

    /**
     * Makes a call of {@link LibC} and returns its result.
     *
     * @param what the purpose of the call, which follows "cannot" in the message
     * @throws IOException if it fails
     */
    static int check(String what, IntSupplier call) throws IOException {
        try {
            return call.getAsInt();
        } catch (LastErrorException e) {
            throw new IOException("cannot " + what + ": " + text(e), e);
        }
    }

    /** What an error means, in the C library's words. */
    static String text(LastErrorException error) {
        return text(error.getErrorCode());
    }

    static String text(int error) {
        return LibC.strerror(error);
    }
}
