package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;

/** The scheduling policy of a thread (sched(7)). */
public final class Scheduling {
    private static final int SCHED_BATCH = 3;

    private static final int CALLING_THREAD = 0;

    private Scheduling() {}

    /**
     * Sets SCHED_BATCH for the calling thread: when it wakes up, it does not preempt a running thread but waits for its
     * time slice to end, a few milliseconds at most. On an idle processor it runs at once. Its child threads inherit
     * the policy. If the call is not permitted, as in some sandboxes, the policy stays as it is.
     */
    public static void setBatchPolicy() {
        try (Memory parameters = new Memory(Integer.BYTES)) {
            parameters.setInt(0, 0);
            LibC.sched_setscheduler(CALLING_THREAD, SCHED_BATCH, parameters);
        } catch (LastErrorException e) {
            // Not permitted: see above.
        }
    }
}
