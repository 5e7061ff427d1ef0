package org.x2go.authservice.worker.pool;

import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.Diagnostics;

/**
 * What follows when workers are lost: the next one is started after a pause, which doubles while they die again and again
 * with no answer in between. Says so once, and once when it is over. Thread-safe.
 *
 * <p>That none can be started is something else than that modules make them die: a restart of the service may mend the one,
 * and is no use against the other. So starts that fail are counted by themselves.
 */
final class BackOff {
    private static final int MANY = 5;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Diagnostics diagnostics;

    /** How many workers have died since one answered. */
    private volatile int deaths;

    /** How many could not be started since one could. */
    private volatile int failedStarts;

    private volatile long allDied;
    private long notBefore = System.nanoTime();

    BackOff(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** A worker has died that should not have, or was not ready in time. */
    synchronized void died() {
        deaths++;
        allDied++;
        if (deaths > 1) {
            long pause = FIRST_PAUSE_NANOS << Math.min(deaths - 2, 10);
            notBefore = System.nanoTime() + Math.min(pause, LONGEST_PAUSE_NANOS);
        }
        if (deaths == MANY) {
            diagnostics.error("PAM workers have died " + deaths + " times without an answer in between: requests are"
                    + " answered \"error\" while there is none, and others are started after longer and longer pauses");
        }
    }

    /** A worker could not be started, or has died before it was ready. */
    synchronized void failedToStart() {
        died();
        failedStarts++;
        if (failedStarts == MANY) {
            diagnostics.error(
                    "No PAM worker could be started in " + failedStarts + " tries: while there is none, systemd"
                            + " gets no sign of life, and restarts this service if it watches over it (WatchdogSec=)");
        }
    }

    /** A worker is ready. */
    synchronized void started() {
        if (!canStart()) {
            diagnostics.warn("PAM workers can be started again");
        }
        failedStarts = 0;
    }

    /** A worker has answered. */
    void answered() {
        if (deaths > 0) {
            if (!isHealthy()) {
                diagnostics.warn("PAM workers answer again");
            }
            deaths = 0;
        }
    }

    /** Whether the next worker is not to be started yet. */
    synchronized boolean isPause() {
        return System.nanoTime() - notBefore < 0;
    }

    /** Whether an answer can be hoped for. */
    boolean isHealthy() {
        return deaths < MANY;
    }

    /** Whether starting another worker has not failed again and again, up to the last time. */
    boolean canStart() {
        return failedStarts < MANY;
    }

    /** How many have died so far that should not have. */
    long allDied() {
        return allDied;
    }
}
