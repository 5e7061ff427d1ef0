package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.IOException;

/** What others may see of this process's memory. */
public final class ProcessMemory {
    private static final int PR_SET_DUMPABLE = 4;

    private ProcessMemory() {}

    /**
     * Makes this process one that cannot be dumped: no core file is written for it, and no other process but root's may trace
     * it or read its memory (PR_SET_DUMPABLE of prctl(2)).
     *
     * @throws IOException if the kernel refuses
     */
    public static void forbidDumps() throws IOException {
        try {
            LibC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
        } catch (LastErrorException e) {
            throw new IOException("cannot make this process undumpable: " + Errno.text(e), e);
        }
    }
}
