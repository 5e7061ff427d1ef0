package org.x2go.authservice.worker.process;

/**
 * When a worker takes no more requests, because modules leak, or work once a process.
 *
 * @param requests after so many
 * @param megabytes when more of it than that is in memory after a request
 */
public record WorkerLimits(int requests, int megabytes) {
    /** The number of requests, unless one is set. */
    public static final int DEFAULT_REQUESTS = 100_000;

    /** The memory in megabytes, unless it is set. */
    public static final int DEFAULT_MEGABYTES = 256;

    private static final long MEGABYTE = 1 << 20;

    /** Checks the ranges. */
    public WorkerLimits {
        requireRange("--worker-max-requests", requests, 1, 1_000_000_000);
        requireRange("--worker-max-rss", megabytes, 64, 65_536);
    }

    private static void requireRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + " must be " + least + " to " + most + ", not " + value);
        }
    }

    /** The memory in bytes. */
    long residentBytes() {
        return megabytes * MEGABYTE;
    }
}
