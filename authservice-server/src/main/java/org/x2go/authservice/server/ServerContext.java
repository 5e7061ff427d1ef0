package org.x2go.authservice.server;

import io.netty.channel.EventLoop;
import java.time.Duration;
import org.x2go.authservice.auth.AsyncAuthenticator;
import org.x2go.authservice.auth.ServicePolicy;

/**
 * What all attempts of a server share. One event loop serves them all, so that what only the loop touches needs no lock.
 */
record ServerContext(
        AuthServerConfig config,
        AsyncAuthenticator authenticator,
        EventLoop loop,
        PerUserLimiter limiter,
        Counters counters,
        MemoryBudget memory,
        TurnQueue turns,
        RefusalLog refusals) {
    /** About twice what a turn takes, so that what peers send ahead leaves the event loop most of its time. */
    private static final Duration TURN_PAUSE = Duration.ofNanos(100_000);

    ServerContext(AuthServerConfig config, AsyncAuthenticator authenticator, EventLoop loop) {
        this(
                config,
                authenticator,
                loop,
                new PerUserLimiter(config.limit(Limit.MAX_ATTEMPTS_PER_USER)),
                new Counters(config.services().allowed()),
                new MemoryBudget(config.limit(Limit.MAX_UNREAD_BYTES)),
                new TurnQueue(loop, TURN_PAUSE),
                new RefusalLog(loop));
    }

    ServicePolicy services() {
        return config.services();
    }

    Duration requestTimeout() {
        return config.time(Limit.REQUEST_TIMEOUT);
    }

    /** The delay that a reply is really held back for. */
    Duration capped(Duration failDelay) {
        Duration most = config.time(Limit.MAX_FAIL_DELAY);
        return failDelay.compareTo(most) > 0 ? most : failDelay;
    }

    /** What the server is doing now. */
    ServerStatistics statistics(int connections) {
        return counters.statistics(connections, config.limit(Limit.WORKERS), limiter.waiting(), authenticator.load());
    }
}
