package org.x2go.authservice.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.protocol.Credentials;

/**
 * Counts the memory, on the heap and off it, that holds what peers have sent, against one limit: what nobody has read yet, and
 * requests until their replies are given. Used on the event loop.
 *
 * <p>A quarter of the limit is for requests of ordinary length, so that peers who send long ones cannot make them fail.
 *
 * <p>A connection itself takes {@link #CONNECTION_BYTES} more. Their number has a limit of its own.
 */
final class MemoryBudget {
    /** What a connection takes on the heap, and a third as much again: channel, pipeline, timers, places in tables. */
    static final int CONNECTION_BYTES = 2560;

    /** What a request takes on the heap besides its text: the attempt, two timers, places in queues. */
    static final int REQUEST_BYTES = 1024;

    /** More than a request of ordinary length takes, and less than a buffer. */
    private static final int ORDINARY_BYTES = 2048;

    private static final int SHARE_OF_ORDINARY = 4;

    private static final Logger LOG = LogManager.getLogger(MemoryBudget.class);

    private final long limit;
    private final LogRateLimiter refusals = new LogRateLimiter();
    private long reserved;

    MemoryBudget(long limit) {
        this.limit = limit;
    }

    /** What these credentials take: names have up to two bytes a character on the heap. */
    static int bytesOf(Credentials credentials) {
        int characters = credentials.user().length() + credentials.service().length();
        return REQUEST_BYTES
                + Character.BYTES * characters
                + credentials.password().remaining();
    }

    /** Reserves so many bytes and is true, or says in the log that there are none left. */
    boolean tryReserve(int bytes) {
        reserve(bytes);
        boolean admitted = admits(bytes);
        if (!admitted) {
            release(bytes);
        }
        return admitted;
    }

    /** Reserves memory that is in use already. Whether it may be kept is for {@link #admits} to say. */
    void reserve(int bytes) {
        reserved += bytes;
    }

    /** Whether something of this size, which has been reserved, may be kept; if not, the log says so. */
    boolean admits(int bytes) {
        long allowed = bytes <= ORDINARY_BYTES ? limit : limit - limit / SHARE_OF_ORDINARY;
        boolean admitted = reserved <= allowed;
        if (!admitted && refusals.tryAcquire()) {
            LOG.warn(
                    "Memory for what peers send is used up: {} of {} KiB; {} requests were refused since the last report."
                            + " If they are wanted, raise --max-unread-bytes, and the heap (-Xmx) by as much.",
                    reserved / 1024,
                    limit / 1024,
                    refusals.takeSuppressed() + 1);
        }
        return admitted;
    }

    void release(int bytes) {
        reserved -= bytes;
    }

    /** How many bytes are reserved. */
    long reserved() {
        return reserved;
    }
}
