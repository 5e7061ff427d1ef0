package org.x2go.authservice.server;

import java.time.Duration;

/**
 * Limits a log message that peers can cause to one every ten seconds, and counts the suppressed ones. Used on the
 * event loop.
 */
final class LogRateLimiter {
    static final Duration INTERVAL = Duration.ofSeconds(10);

    private boolean anyLogged;
    private long lastNanos;
    private long suppressed;

    /** Whether the message may be logged now. */
    boolean tryAcquire() {
        long now = System.nanoTime();
        if (anyLogged && now - lastNanos < INTERVAL.toNanos()) {
            suppressed++;
            return false;
        }
        anyLogged = true;
        lastNanos = now;
        return true;
    }

    /** Returns how many messages were suppressed, and resets the count. */
    long takeSuppressed() {
        long count = suppressed;
        suppressed = 0;
        return count;
    }
}
