package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;

/** How many files, sockets among them, this process may have open (RLIMIT_NOFILE of getrlimit(2)), and how they are numbered. */
public final class OpenFiles {
    /** From this number on select(2) takes no descriptor (FD_SETSIZE): PAM modules that use it crash, or write where they must not. */
    public static final int SELECTABLE = 1024;

    private static final int RLIMIT_NOFILE = 7;

    /** A JVM, its jars, a worker's channel (which is kept away from low numbers) and a few files for PAM's modules. */
    private static final int FEWEST = 128;

    private static final int STANDARD_INPUT = 0;

    private OpenFiles() {}

    /**
     * Looks whether the limit lets a service or a PAM worker do anything at all.
     *
     * @throws IOException if it does not; the message says how to raise it
     */
    public static void requireEnough() throws IOException {
        if (limit() < FEWEST) {
            throw new IOException("this process may have " + limit() + " files open, and at least " + FEWEST
                    + " are needed: raise ulimit -n (LimitNOFILE= in the unit)");
        }
    }

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
        return Errno.check(
                "find a free descriptor from " + SELECTABLE + " on",
                () -> LibC.fcntl(descriptor, LibC.F_DUPFD_CLOEXEC, SELECTABLE));
    }

    /** The number that the next file to be opened gets: no fewer are open than that (open(2)). MAX_VALUE if none is left. */
    public static int next() {
        try {
            int number = LibC.fcntl(STANDARD_INPUT, LibC.F_DUPFD_CLOEXEC, 0);
            LibC.close(number);
            return number;
        } catch (LastErrorException e) {
            // There is none left, or somebody has closed this one.
            return Integer.MAX_VALUE;
        }
    }
}
