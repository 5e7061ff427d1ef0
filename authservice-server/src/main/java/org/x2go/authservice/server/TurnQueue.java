package org.x2go.authservice.server;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * A queue of connections that have yielded because they send pipelined or fragmented requests. One of them runs, then
 * there is a pause, in which the event loop serves new connections and verdicts, and leaves processor time to PAM.
 * Used on the event loop.
 */
final class TurnQueue {
    private final EventExecutor loop;
    private final long pauseNanos;
    private final Deque<Runnable> turns = new ArrayDeque<>();
    private boolean scheduled;

    TurnQueue(EventExecutor loop, Duration pause) {
        this.loop = loop;
        this.pauseNanos = pause.toNanos();
    }

    /** Adds a turn, which runs after those added before. */
    void add(Runnable turn) {
        turns.addLast(turn);
        schedule();
    }

    private void schedule() {
        if (!scheduled && !turns.isEmpty()) {
            scheduled = true;
            // A timer even without a pause: a task added by a task would run before the event loop polls sockets again.
            var unused = loop.schedule(this::next, pauseNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void next() {
        scheduled = false;
        Runnable turn = turns.removeFirst();
        schedule();
        turn.run();
    }
}
