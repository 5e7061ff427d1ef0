package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;

/**
 * How many files, sockets among them, this process may have open (RLIMIT_NOFILE of getrlimit(2)), and how they are
 * numbered.
 */
public final class OpenFiles {
    /**
     * The limit of select(2) (FD_SETSIZE): PAM modules that use it with a higher descriptor crash or corrupt memory.
     */
    public static final int SELECTABLE = 1024;

    private static final int RLIMIT_NOFILE = 7;

    /**
     * For a JVM, its jars, a worker's channel (whose descriptor is not among the lowest) and a few files of PAM
     * modules.
     */
    private static final int MIN_FILES = 128;

    private static final int STANDARD_INPUT = 0;

    private OpenFiles() {}

    /**
     * Checks whether the limit is sufficient for a service or a PAM worker.
     *
     * @throws IOException if it is not; the message says how to raise it
     */
    public static void requireEnough() throws IOException {
        if (limit() < MIN_FILES) {
            throw new IOException("this process may have " + limit() + " files open, and at least " + MIN_FILES
                    + " are needed: raise ulimit -n (LimitNOFILE= in the unit)");
        }
    }

    /** The soft limit, which the JVM raises to the hard limit when it starts. */
    public static int limit() {
        try (Memory limit = new Memory(2L * Long.BYTES)) {
            LibC.getrlimit(RLIMIT_NOFILE, limit);
            long soft = limit.getLong(0);
            return soft < 0 || soft > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) soft;
        }
    }

    /**
     * Lowers the soft limit to the descriptors that select(2) takes, for this process and its children: some modules
     * run commands that close every possible descriptor, one by one. A lower limit stays.
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
     * Duplicates a descriptor, with a number from {@link #SELECTABLE} on.
     *
     * @throws IOException if none of these is free
     */
    public static int duplicateAboveSelectable(int descriptor) throws IOException {
        return Errno.check(
                "find a free descriptor from " + SELECTABLE + " on",
                () -> LibC.fcntl(descriptor, LibC.F_DUPFD_CLOEXEC, SELECTABLE));
    }

    /**
     * The lowest free descriptor, which open(2) would return: all lower ones are in use. MAX_VALUE if none is free.
     */
    public static int lowestFree() {
        try {
            int number = LibC.fcntl(STANDARD_INPUT, LibC.F_DUPFD_CLOEXEC, 0);
            LibC.close(number);
            return number;
        } catch (LastErrorException e) {
            // No descriptor is free, or other code has closed standard input.
            return Integer.MAX_VALUE;
        }
    }
}
