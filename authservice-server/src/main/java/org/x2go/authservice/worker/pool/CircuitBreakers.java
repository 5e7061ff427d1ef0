package org.x2go.authservice.worker.pool;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.auth.LogText;

/**
 * Has the requests for a PAM service fail at once while its modules crash their workers again and again, so that only that
 * service's users pay for it: one request now and then is let through, after longer and longer pauses, and the first one that
 * is answered ends it. Used on the event loop.
 */
final class CircuitBreakers {
    private static final int MAX_CRASHES = 3;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_DOUBLINGS = 10;

    private final Diagnostics diagnostics;

    /** Of the services whose last request crashed its worker. They are allowed ones, and so only a few. */
    private final Map<String, Breaker> breakers = new HashMap<>();

    private static final class Breaker {
        private int crashes;
        private long closedBefore;
    }

    CircuitBreakers(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** Whether a request for this service is to fail now. */
    boolean isOpen(String service, long now) {
        Breaker breaker = breakers.get(service);
        return breaker != null && breaker.crashes >= MAX_CRASHES && now - breaker.closedBefore < 0;
    }

    /** A worker is asked about this service: if that was the pause's end, the next request waits for what comes of it. */
    void asked(String service, long now) {
        Breaker breaker = breakers.get(service);
        if (breaker != null && breaker.crashes >= MAX_CRASHES) {
            breaker.closedBefore = now + pause(breaker);
        }
    }

    private static long pause(Breaker breaker) {
        int doublings = Math.min(breaker.crashes - MAX_CRASHES, MAX_DOUBLINGS);
        return Math.min(FIRST_PAUSE_NANOS << doublings, MAX_PAUSE_NANOS);
    }

    /** A worker has crashed that was asked about this service. */
    void crashed(String service, long now) {
        Breaker breaker = breakers.computeIfAbsent(service, none -> new Breaker());
        breaker.crashes++;
        breaker.closedBefore = now + pause(breaker);
        if (breaker.crashes == MAX_CRASHES) {
            diagnostics.error(MAX_CRASHES + " consecutive PAM worker crashes in PAM service " + LogText.escape(service)
                    + ": its requests fail at once, but for one now and then, until one is answered");
        }
    }

    /** A request for this service has been answered, or has hung: its worker did not crash. */
    void survived(String service) {
        Breaker breaker = breakers.remove(service);
        if (breaker != null && breaker.crashes >= MAX_CRASHES) {
            diagnostics.warn("PAM service " + LogText.escape(service) + " answers again");
        }
    }

    /** Whether any service's requests fail at once. */
    boolean anyOpen() {
        return breakers.values().stream().anyMatch(breaker -> breaker.crashes >= MAX_CRASHES);
    }
}
