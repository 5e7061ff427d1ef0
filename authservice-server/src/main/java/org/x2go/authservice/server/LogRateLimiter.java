package org.x2go.authservice.server;

import java.time.Duration;

/** Permits a log message that peers can cause at will once in ten seconds, and counts the others. Used on the event loop. */
final class LogRateLimiter {
    static final Duration INTERVAL = Duration.ofSeconds(10);

    private boolean permitted;
    private long lastNanos;
    private long suppressed;

    /** Whether the message may be logged now. */
    boolean tryAcquire() {
        long now = System.nanoTime();
        if (permitted && now - lastNanos < INTERVAL.toNanos()) {
            suppressed++;
            return false;
        }
        permitted = true;
        lastNanos = now;
        return true;
    }

    /** How many messages were not permitted since the last one that was; counts anew from here. */
    long takeSuppressed() {
        long count = suppressed;
        suppressed = 0;
        return count;
    }
}
