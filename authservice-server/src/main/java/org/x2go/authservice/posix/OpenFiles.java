package org.x2go.authservice.posix;

import com.sun.jna.Memory;

/** How many files, sockets among them, this process may have open (RLIMIT_NOFILE of getrlimit(2)). */
public final class OpenFiles {
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
}
