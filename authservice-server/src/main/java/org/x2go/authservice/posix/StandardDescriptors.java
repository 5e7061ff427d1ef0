package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.IOException;

/** What a process does with its descriptors 0, 1 and 2 when it was given a socket as its standard input, as by inetd(8). */
public final class StandardDescriptors {
    /** What closes the first few descriptors, as careless daemons do, does not reach this one. */
    private static final int FIRST_FREE = 64;

    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_RDWR = 2;

    private StandardDescriptors() {}

    /**
     * Moves the socket out of the way of code that reads or writes the standard descriptors: 0 becomes /dev/null, and 1 the
     * same as 2. No program that this process starts inherits the socket.
     */
    public static StreamSocket takeSocket() throws IOException {
        try {
            int socket = LibC.fcntl(0, F_DUPFD_CLOEXEC, FIRST_FREE);
            int nothing = LibC.open(CString.of("/dev/null"), O_RDWR | LibC.O_CLOEXEC);
            LibC.dup2(nothing, 0);
            LibC.dup2(2, 1);
            LibC.close(nothing);
            return StreamSocket.of(socket);
        } catch (LastErrorException e) {
            OpenFiles.requireEnough();
            throw new IOException("cannot move the socket away from descriptor 0: " + Errno.text(e), e);
        }
    }
}
