package org.x2go.authservice.worker.pool;

import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.Diagnostics;

/**
 * When the next worker may be started after one could not be: after a pause, which doubles with each failure in a row. Says so
 * once, and once when it is over. Used on the event loop.
 */
final class RestartBackOff {
    private static final int MAX_FAILURES = 5;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_DOUBLINGS = 10;

    private final Diagnostics diagnostics;
    private int failures;

    /** Those of them that a restart of the service may mend. */
    private int unrecoverable;

    private long notBefore;

    RestartBackOff(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /**
     * A worker could not be started.
     *
     * @param counts whether a restart of the service may mend it, if it goes on
     */
    void failed(String reason, boolean counts, long now) {
        notBefore = now + Math.min(FIRST_PAUSE_NANOS << Math.min(failures, MAX_DOUBLINGS), MAX_PAUSE_NANOS);
        failures++;
        if (failures == 1) {
            diagnostics.error(
                    "failed to start a PAM worker: " + reason + "; trying again, after longer and longer pauses");
        }
        if (counts && ++unrecoverable == MAX_FAILURES) {
            diagnostics.error(
                    "no PAM worker could be started in " + MAX_FAILURES + " tries (" + reason + "): while there is"
                            + " none, requests fail at once, and systemd gets no watchdog keep-alive and restarts this service");
        }
    }

    /** A worker is ready. It may still end before anybody has asked it. */
    void ready() {
        unrecoverable = 0;
    }

    /** There is no worker any more: the next start is worth a try at once. */
    void urgent(long now) {
        notBefore = now;
    }

    /** A worker has answered for the first time. */
    void proved() {
        if (failures > 0) {
            diagnostics.warn("PAM workers can be started again");
            failures = 0;
        }
    }

    /** How long not to start another one. */
    long pauseNanos(long now) {
        return failures == 0 ? 0 : Math.max(0, notBefore - now);
    }

    /** Whether starts have failed again and again, up to the last one, and not because they were slow. */
    boolean isUnrecoverable() {
        return unrecoverable >= MAX_FAILURES;
    }
}
