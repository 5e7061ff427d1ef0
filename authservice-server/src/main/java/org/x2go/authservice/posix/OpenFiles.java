package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;

/** How many files, sockets among them, this process may have open (RLIMIT_NOFILE of getrlimit(2)), and how they are numbered. */
public final class OpenFiles {
    /** From this number on select(2) takes no descriptor (FD_SETSIZE): PAM modules that use it crash, or write where they must not. */
    public static final int SELECTABLE = 1024;

    private static final int RLIMIT_NOFILE = 7;

    private OpenFiles() {}

    /** The limit in force. The JVM raises the soft limit to the hard one when it starts. */
    public static int limit() {
        try (Memory limit = new Memory(2L * Long.BYTES)) {
            LibC.getrlimit(RLIMIT_NOFILE, limit);
            long soft = limit.getLong(0);
            return soft < 0 || soft > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) soft;
        }
    }

    /**
     * Lowers the soft limit to the descriptors that select(2) takes, for this process and for what it starts: modules start
     * commands that close each descriptor that there might be, one by one. A lower limit stays.
     */
    public static void limitToSelectable() {
        try (Memory limit = new Memory(2L * Long.BYTES)) {
            LibC.getrlimit(RLIMIT_NOFILE, limit);
            if (Long.compareUnsigned(limit.getLong(0), SELECTABLE) > 0) {
                limit.setLong(0, SELECTABLE);
                LibC.setrlimit(RLIMIT_NOFILE, limit);
            }
        }
    }

    /**
     * Makes another descriptor for what one stands for, with a number from {@link #SELECTABLE} on.
     *
     * @throws IOException if none of these is free
     */
    public static int duplicateAboveSelectable(int descriptor) throws IOException {
        try {
            return LibC.fcntl(descriptor, LibC.F_DUPFD_CLOEXEC, SELECTABLE);
        } catch (LastErrorException e) {
            throw new IOException("there is no free descriptor from " + SELECTABLE + " on: " + Errno.text(e), e);
        }
    }
}
