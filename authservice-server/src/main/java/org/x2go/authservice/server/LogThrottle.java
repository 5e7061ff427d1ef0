package org.x2go.authservice.server;

import java.time.Duration;

/** Lets a complaint that peers can cause at will into the log once in a while, and counts those it kept out. */
final class LogThrottle {
    private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

    private boolean silent;
    private long lastNanos;
    private long suppressed;

    /** Whether the complaint may be logged now. Used on the event loop. */
    boolean allows() {
        long now = System.nanoTime();
        if (silent && now - lastNanos < PAUSE_NANOS) {
            suppressed++;
            return false;
        }
        silent = true;
        lastNanos = now;
        return true;
    }

    /** How many complaints were kept out since the one before; counts anew from here. */
    long takeSuppressed() {
        long count = suppressed;
        suppressed = 0;
        return count;
    }
}
