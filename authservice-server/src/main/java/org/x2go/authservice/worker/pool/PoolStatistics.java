package org.x2go.authservice.worker.pool;

/**
 * What a {@link WorkerPool} has now, and has gone through so far.
 *
 * @param workers how many workers there are
 * @param started how many have been ready for requests since the pool was opened
 * @param crashed how many have ended that should not have
 * @param killed how many were killed because they had not answered by their request's deadline
 * @param healthy false if there is no worker and none can be started, or a PAM service's modules crash their workers again and
 *     again
 * @param startable false if there is no worker, and starting one has failed again and again. Modules that make workers crash,
 *     be it in every request, do not count, nor do starts that are slow.
 * @param recoverable false if in addition requests have failed for that: then a restart of the service may help
 */
public record PoolStatistics(
        int workers,
        long started,
        long crashed,
        long killed,
        boolean healthy,
        boolean startable,
        boolean recoverable) {}
