package org.x2go.authservice.worker.pool;

/**
 * Statistics of a {@link WorkerPool}.
 *
 * @param workers how many workers there are
 * @param started how many became ready since the pool was opened
 * @param lost workers that crashed or were killed
 * @param health whether workers can be started
 */
public record PoolStatistics(int workers, long started, Lost lost, Health health) {
    /**
     * Workers that crashed or were killed.
     *
     * @param crashed how many exited unexpectedly after they were ready
     * @param killed how many were killed because they had not answered by their request's deadline
     */
    public record Lost(long crashed, long killed) {}

    /** Whether workers can be started; from good to bad. */
    public enum Health {
        /** Workers can be started. */
        GOOD,
        /** Workers can be started, but the modules of a PAM service crash them repeatedly. */
        CRASH_LOOPING,
        /** There is no worker, and several starts in a row have failed; slow starts do not count. */
        NOT_STARTABLE,
        /** In addition a request has failed for that reason: a restart of the service may help. */
        MAY_NEED_RESTART
    }
}
