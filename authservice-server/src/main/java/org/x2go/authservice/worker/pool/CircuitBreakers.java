package org.x2go.authservice.worker.pool;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.auth.LogText;

/**
 * Circuit breakers, one for each PAM service: while its modules crash worker after worker, its requests get an error at
 * once, so that other services are not affected. After longer and longer pauses one request is let through as a trial;
 * the first one that does not crash its worker closes the breaker. Used on the event loop.
 */
final class CircuitBreakers {
    private static final int CRASHES_BEFORE_OPEN = 3;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_DOUBLINGS = 10;

    private final Diagnostics diagnostics;

    /** The services whose last request crashed its worker; few, since only allowed services get here. */
    private final Map<String, Breaker> breakers = new HashMap<>();

    private static final class Breaker {
        private int crashes;
        private long openUntil;
    }

    CircuitBreakers(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** Whether a request for this service must fail now. */
    boolean isOpen(String service, long now) {
        Breaker breaker = breakers.get(service);
        return breaker != null && breaker.crashes >= CRASHES_BEFORE_OPEN && now - breaker.openUntil < 0;
    }

    /** Called when a worker gets a request for this service. If it is a trial, there is no other for a pause. */
    void asked(String service, long now) {
        Breaker breaker = breakers.get(service);
        if (breaker != null && breaker.crashes >= CRASHES_BEFORE_OPEN) {
            breaker.openUntil = now + pause(breaker);
        }
    }

    private static long pause(Breaker breaker) {
        int doublings = Math.min(breaker.crashes - CRASHES_BEFORE_OPEN, MAX_DOUBLINGS);
        return Math.min(FIRST_PAUSE_NANOS << doublings, MAX_PAUSE_NANOS);
    }

    /** Called when a worker crashed with a request for this service. */
    void crashed(String service, long now) {
        Breaker breaker = breakers.computeIfAbsent(service, none -> new Breaker());
        breaker.crashes++;
        breaker.openUntil = now + pause(breaker);
        if (breaker.crashes == CRASHES_BEFORE_OPEN) {
            diagnostics.error(
                    CRASHES_BEFORE_OPEN + " consecutive PAM worker crashes in PAM service " + LogText.escape(service)
                            + ": its requests get \"error\" at once, except for a trial from time to time, until one crashes no worker");
        }
    }

    /** Called when a worker answered a request for this service, or was killed at its deadline. */
    void notCrashed(String service) {
        Breaker breaker = breakers.remove(service);
        if (breaker != null && breaker.crashes >= CRASHES_BEFORE_OPEN) {
            diagnostics.warn("PAM service " + LogText.escape(service) + " no longer crashes its PAM workers");
        }
    }

    /** Whether the modules of any service crash worker after worker. */
    boolean anyCrashLooping() {
        return breakers.values().stream().anyMatch(breaker -> breaker.crashes >= CRASHES_BEFORE_OPEN);
    }
}
