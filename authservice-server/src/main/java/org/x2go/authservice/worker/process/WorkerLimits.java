package org.x2go.authservice.worker.process;

/**
 * When a worker is to be replaced, because modules leak.
 *
 * @param requests after how many requests
 * @param residentBytes when so much of it is in memory
 */
public record WorkerLimits(int requests, long residentBytes) {
    /** The number of requests, unless one is set. */
    public static final int DEFAULT_REQUESTS = 100_000;

    /** The memory in megabytes, unless it is set. */
    public static final int DEFAULT_MEGABYTES = 256;
}
