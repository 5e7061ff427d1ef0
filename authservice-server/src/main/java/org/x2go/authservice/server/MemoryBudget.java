package org.x2go.authservice.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.protocol.Credentials;

/**
 * One limit for the memory, on and off the heap, that peers' data takes: unread bytes, and requests until their
 * replies are sent. Used on the event loop.
 *
 * <p>A quarter of the limit is reserved for requests of ordinary length, so that long requests cannot make them fail.
 *
 * <p>Connections take {@link #CONNECTION_BYTES} each in addition; their number has its own limit.
 */
final class MemoryBudget {
    /** Heap memory of a connection with a margin of a third: channel, pipeline, timers, table entries. */
    static final int CONNECTION_BYTES = 2560;

    /** Heap memory of a request besides its text: the attempt, two timers, queue entries. */
    static final int REQUEST_OVERHEAD_BYTES = 1024;

    /** Up to this size it is a request of ordinary length. Larger ones, and whole buffers, may not use the reserved quarter. */
    private static final int ORDINARY_BYTES = 2048;

    private static final int RESERVED_DIVISOR = 4;

    private static final Logger LOG = LogManager.getLogger(MemoryBudget.class);

    private final long limit;
    private final LogRateLimiter refusals = new LogRateLimiter();
    private long reserved;

    MemoryBudget(long limit) {
        this.limit = limit;
    }

    /** The memory of these credentials: names take up to two bytes a character on the heap. */
    static int bytesOf(Credentials credentials) {
        int characters = credentials.user().length() + credentials.service().length();
        return REQUEST_OVERHEAD_BYTES
                + Character.BYTES * characters
                + credentials.password().remaining();
    }

    /** Reserves bytes and returns true; or, if the budget is used up, logs that and returns false. */
    boolean tryReserve(int bytes) {
        reserve(bytes);
        boolean admitted = admits(bytes);
        if (!admitted) {
            release(bytes);
        }
        return admitted;
    }

    /** Reserves memory that is in use already; {@link #admits} decides whether it may be kept. */
    void reserve(int bytes) {
        reserved += bytes;
    }

    /** Whether reserved memory of this size may be kept; if not, this is logged. */
    boolean admits(int bytes) {
        long allowed = bytes <= ORDINARY_BYTES ? limit : limit - limit / RESERVED_DIVISOR;
        boolean admitted = reserved <= allowed;
        if (!admitted && refusals.tryAcquire()) {
            LOG.warn(
                    "Memory for requests is used up ({} of {} KiB); {} requests refused since the last report."
                            + " If these clients are legitimate, raise --max-unread-bytes, and the heap (-Xmx) by as much.",
                    reserved / 1024,
                    limit / 1024,
                    refusals.takeSuppressed() + 1);
        }
        return admitted;
    }

    void release(int bytes) {
        reserved -= bytes;
    }

    /** The number of reserved bytes. */
    long reserved() {
        return reserved;
    }
}
