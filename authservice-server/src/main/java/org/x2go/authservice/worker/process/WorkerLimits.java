package org.x2go.authservice.worker.process;

/**
 * When a worker takes no more requests, because modules leak, or work once a process.
 *
 * @param requests after so many
 * @param residentBytes when more of it than that is in memory after a request
 */
public record WorkerLimits(int requests, long residentBytes) {
    /** The number of requests, unless one is set. */
    public static final int DEFAULT_REQUESTS = 100_000;

    /** The memory in megabytes, unless it is set. */
    public static final int DEFAULT_MEGABYTES = 256;
}
