package org.x2go.authservice.worker.pool;

/**
 * What a {@link WorkerPool} has now, and has gone through so far.
 *
 * @param workers how many workers there are
 * @param started how many have been ready for requests since the pool was started
 * @param died how many have died that should not have
 * @param killed how many were killed because they had not answered by their request's deadline
 * @param healthy whether an answer can be hoped for, see {@link WorkerPool#isHealthy}
 * @param startable false if there is no worker, and starting one has failed again and again: then a restart of the service
 *     may help. Modules that make workers die, be it in every request, do not count, nor do starts that are slow.
 */
public record PoolStatistics(int workers, long started, long died, long killed, boolean healthy, boolean startable) {}
