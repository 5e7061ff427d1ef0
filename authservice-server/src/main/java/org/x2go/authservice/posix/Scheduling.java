package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;

/** When the kernel lets a thread run (sched(7)). */
public final class Scheduling {
    private static final int SCHED_BATCH = 3;

    private static final int CALLING_THREAD = 0;

    private Scheduling() {}

    /**
     * Asks that the calling thread, when there is something to do for it, does not interrupt one that runs, but waits until a
     * processor is free or that one's turn is over, some milliseconds at most. On a processor that is free it runs at once, as
     * any other. What the thread starts is scheduled like it.
     * Without the right to ask (a sandbox may refuse it) everything stays as it is.
     */
    public static void setBatchPolicy() {
        try (Memory parameters = new Memory(Integer.BYTES)) {
            parameters.setInt(0, 0);
            LibC.sched_setscheduler(CALLING_THREAD, SCHED_BATCH, parameters);
        } catch (LastErrorException e) {
            // Refused, as said.
        }
    }
}
