package org.x2go.authservice.worker.pool;

/**
 * What a {@link WorkerPool} has now, and has gone through so far.
 *
 * @param workers how many workers there are
 * @param started how many have been ready for requests since the pool was opened
 * @param lost those that ended otherwise than they should
 * @param health whether there can be workers
 */
public record PoolStatistics(int workers, long started, Lost lost, Health health) {
    /**
     * Workers that ended otherwise than they should.
     *
     * @param crashed how many by themselves
     * @param killed how many were killed because they had not answered by their request's deadline
     */
    public record Lost(long crashed, long killed) {}

    /** Whether there can be workers; from good to bad. */
    public enum Health {
        /** There can. */
        GOOD,
        /** There can, but a PAM service's modules crash them again and again, be it in every request. */
        CRASH_LOOPING,
        /** There is none, and starting one has failed again and again. Starts that are slow do not count. */
        NOT_STARTABLE,
        /** In addition requests have failed for that: a restart of the service may help. */
        UNRECOVERABLE
    }
}
