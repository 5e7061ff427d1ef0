package org.x2go.authservice.server;

import io.netty.channel.EventLoop;
import java.time.Duration;
import org.x2go.authservice.auth.AsyncAuthenticator;
import org.x2go.authservice.auth.ServicePolicy;

/**
 * State that all attempts of a server share. Used on the event loop, without locks.
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
    /** About twice the length of a turn, so that pipelined requests leave the event loop most of its time. */
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

    /** The fail delay, limited to the configured maximum. */
    Duration capped(Duration failDelay) {
        Duration most = config.time(Limit.MAX_FAIL_DELAY);
        return failDelay.compareTo(most) > 0 ? most : failDelay;
    }

    /** A snapshot of the statistics. */
    ServerStatistics statistics(int connections) {
        return counters.statistics(connections, config.limit(Limit.WORKERS), limiter.waiting(), authenticator.load());
    }
}
