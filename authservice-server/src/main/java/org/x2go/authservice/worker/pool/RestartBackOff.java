package org.x2go.authservice.worker.pool;

import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.Diagnostics;

/**
 * The pauses between failed starts of workers, which double with each failure in a row. Logs the first failure, the
 * one after which a restart of the service may help, and the recovery. Used on the event loop.
 */
final class RestartBackOff {
    private static final int FAILURES_BEFORE_RESTART = 5;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_DOUBLINGS = 10;

    private final Diagnostics diagnostics;
    private int failures;

    /** Failures that a restart of the service may cure, since a worker was last ready. */
    private int restartableFailures;

    private long notBefore;

    RestartBackOff(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /**
     * Called when a worker could not be started.
     *
     * @param restartMayCure whether a restart of the service may cure it
     */
    void failed(String reason, boolean restartMayCure, long now) {
        notBefore = now + Math.min(FIRST_PAUSE_NANOS << Math.min(failures, MAX_DOUBLINGS), MAX_PAUSE_NANOS);
        failures++;
        if (failures == 1) {
            diagnostics.error("failed to start a PAM worker: " + reason + "; retrying, with longer and longer pauses");
        }
        if (restartMayCure && ++restartableFailures == FAILURES_BEFORE_RESTART) {
            diagnostics.error("no PAM worker could be started in " + FAILURES_BEFORE_RESTART + " tries (" + reason
                    + "): until one starts, requests get \"error\" at once; from the first of them on, systemd gets no watchdog"
                    + " keep-alive, and restarts this service if WatchdogSec= is set");
        }
    }

    /** Called when a worker is ready. It may still crash before its first answer. */
    void ready() {
        restartableFailures = 0;
    }

    /** Called when there is no worker left, so that the next start is tried at once. */
    void retryNow(long now) {
        notBefore = now;
    }

    /** Called at the first answer of a worker. */
    void answered() {
        if (failures > 0) {
            diagnostics.warn("PAM workers can be started again");
            failures = 0;
        }
    }

    /** The rest of the pause before the next start. */
    long pauseNanos(long now) {
        return failures == 0 ? 0 : Math.max(0, notBefore - now);
    }

    /** Whether so many failures that a restart may cure have occurred since a worker was last ready. */
    boolean mayNeedRestart() {
        return restartableFailures >= FAILURES_BEFORE_RESTART;
    }
}
