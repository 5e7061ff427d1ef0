package org.x2go.authservice.server;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.ServicePolicy;

/**
 * What all attempts of a server share. One event loop serves them all, so that what only the loop touches needs no lock.
 */
final class Verifier {
    private final EventLoop loop;
    private final Authenticator authenticator;
    private final Workers workers;
    private final StuckWorkers stuck;
    private final NameSlots slots;
    private final Counters counters;
    private final MemoryBudget memory;
    private final AuthServerConfig config;

    Verifier(AuthServerConfig config, Authenticator authenticator, EventLoop loop) {
        this(
                config,
                authenticator,
                loop,
                new WorkerThreads(
                        config.limit(Limit.WORKERS),
                        config.limit(Limit.MAX_QUEUED_REQUESTS),
                        Runtime.getRuntime().availableProcessors(),
                        authenticator::isComputing,
                        loop));
    }

    Verifier(AuthServerConfig config, Authenticator authenticator, EventLoop loop, Workers workers) {
        this.loop = loop;
        this.authenticator = authenticator;
        this.workers = workers;
        this.stuck = new StuckWorkers(config.limit(Limit.WORKERS));
        this.slots = new NameSlots(config.limit(Limit.MAX_ATTEMPTS_PER_USER));
        this.counters = new Counters(config.services().allowed());
        this.memory = new MemoryBudget(config.limit(Limit.MAX_UNREAD_BYTES));
        this.config = config;
    }

    EventLoop loop() {
        return loop;
    }

    Authenticator authenticator() {
        return authenticator;
    }

    Workers workers() {
        return workers;
    }

    StuckWorkers stuck() {
        return stuck;
    }

    NameSlots slots() {
        return slots;
    }

    Counters counters() {
        return counters;
    }

    MemoryBudget memory() {
        return memory;
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

    /** Runs something on the event loop, from a worker. */
    void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The server was closed while this worker was stuck in PAM: nobody is left to be answered.
            RequestLog.nobodyLeft();
        }
    }
}
