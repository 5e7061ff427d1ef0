package org.x2go.authservice.client;

import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Stops calls at their timeout, and closes connections at the end of their idle time. Thread-safe.
 *
 * <p>One daemon thread does that while there is a call or an idle connection. A new call need not wake it, which keeps calls
 * cheap: all calls of a client have the same timeout, and the thread never sleeps longer than that. The same holds for the idle
 * time.
 */
final class Watchdog implements Runnable {
    private final ConnectionPool pool;
    private final long timeoutNanos;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean awake = new AtomicBoolean();
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    Watchdog(AuthClientOptions options, ConnectionPool pool) {
        this.pool = pool;
        this.timeoutNanos = options.timeout().toNanos();
    }

    /** Watches a call until {@link #forget}; stops it at once if the client is closed. */
    void watch(Call call) {
        calls.add(call);
        if (closed) {
            call.stop(Call.Stop.CLIENT_CLOSED);
        } else if (!awake.get() && awake.compareAndSet(false, true)) {
            DaemonThreads.create(this, "authservice-client-watchdog").start();
        }
    }

    void forget(Call call) {
        calls.remove(call);
    }

    /** Stops every call, now and in the future. */
    void close() {
        closed = true;
        calls.forEach(call -> call.stop(Call.Stop.CLIENT_CLOSED));
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        while (!closed && isNeeded()) {
            long now = System.nanoTime();
            long pause = Math.min(pool.closeExpired(now), stopOverdue(now));
            LockSupport.parkNanos(this, pause);
        }
    }

    private long stopOverdue(long now) {
        long next = timeoutNanos;
        for (Iterator<Call> all = calls.iterator(); all.hasNext(); ) {
            Call call = all.next();
            long remaining = call.remaining(now);
            if (remaining > 0) {
                next = Math.min(next, remaining);
            } else {
                call.stop(Call.Stop.TIMED_OUT);
                all.remove();
            }
        }
        return next;
    }

    /** False if there is nothing to do, unless a call has just come and no other thread has started for it. */
    private boolean isNeeded() {
        if (hasWork()) {
            return true;
        }
        awake.set(false);
        return hasWork() && awake.compareAndSet(false, true);
    }

    /** In this order: a call returns its connection to the pool before it is forgotten. */
    private boolean hasWork() {
        return !calls.isEmpty() || pool.hasIdle();
    }
}
