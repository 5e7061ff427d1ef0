package org.x2go.authservice.worker.process;

/**
 * Limits after which a worker is replaced, because modules leak, or work only once in a process.
 *
 * @param requests the maximum number of requests
 * @param megabytes the maximum resident memory after a request, in megabytes
 */
public record WorkerLimits(int requests, int megabytes) {
    /** The default number of requests. */
    public static final int DEFAULT_REQUESTS = 100_000;

    /** The default memory in megabytes. */
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
