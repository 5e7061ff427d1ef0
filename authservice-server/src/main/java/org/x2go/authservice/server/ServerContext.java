package org.x2go.authservice.server;

import io.netty.channel.EventLoop;
import java.time.Duration;
import org.x2go.authservice.auth.AsyncAuthenticator;
import org.x2go.authservice.auth.ServicePolicy;

/**
 * What all attempts of a server share. One event loop serves them all, so that what only the loop touches needs no lock.
 */
final class ServerContext {
    /** About twice what a turn takes, so that what peers send ahead leaves the event loop most of its time. */
    private static final Duration TURN_PAUSE = Duration.ofNanos(100_000);

    private final EventLoop loop;
    private final AsyncAuthenticator authenticator;
    private final PerUserLimiter limiter;
    private final Counters counters;
    private final MemoryBudget memory;
    private final TurnQueue turns;
    private final RefusalLog refusals;
    private final AuthServerConfig config;

    ServerContext(AuthServerConfig config, AsyncAuthenticator authenticator, EventLoop loop) {
        this.loop = loop;
        this.authenticator = authenticator;
        this.limiter = new PerUserLimiter(config.limit(Limit.MAX_ATTEMPTS_PER_USER));
        this.counters = new Counters(config.services().allowed());
        this.memory = new MemoryBudget(config.limit(Limit.MAX_UNREAD_BYTES));
        this.turns = new TurnQueue(loop, TURN_PAUSE);
        this.refusals = new RefusalLog(loop);
        this.config = config;
    }

    EventLoop loop() {
        return loop;
    }

    AsyncAuthenticator authenticator() {
        return authenticator;
    }

    PerUserLimiter limiter() {
        return limiter;
    }

    Counters counters() {
        return counters;
    }

    MemoryBudget memory() {
        return memory;
    }

    TurnQueue turns() {
        return turns;
    }

    RefusalLog refusals() {
        return refusals;
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
