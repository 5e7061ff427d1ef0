package org.x2go.authservice.server;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * The connections that have yielded: they have sent more than one request ahead, or a request in pieces, and wait for a turn to
 * be served on. One of them has its turn, then there is a pause, in which the event loop looks after new connections and
 * verdicts, and leaves the processor to those who work on these. Used on the event loop.
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

    /** Has this run when its turn comes: once those have run that were added before. */
    void add(Runnable turn) {
        turns.addLast(turn);
        schedule();
    }

    private void schedule() {
        if (!scheduled && !turns.isEmpty()) {
            scheduled = true;
            // Even without a pause a timer: a task that is added by a task runs before the event loop looks at sockets
            // again.
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
