package org.x2go.authservice.server;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The queue before the workers. It wakes them one at a time, and first the one that fell asleep last.
 *
 * <p>To wake a thread is the costliest part of a request to a fast PAM service. When requests come quickly, a worker that
 * is awake takes the next one sooner than another could get up: so none is woken while one is still getting up; and that
 * one, when it has taken a task and sees more of them, wakes the next. No task waits while a worker sleeps.
 */
final class WorkQueue extends LinkedBlockingQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    private record Sleeper(Thread thread) {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private final transient Deque<Sleeper> sleepers = new ConcurrentLinkedDeque<>();

    /** Whether one has been woken that has not got up yet. */
    private final transient AtomicBoolean waking = new AtomicBoolean();

    WorkQueue(int capacity) {
        super(capacity);
    }

    @Override
    public boolean offer(Runnable task) {
        if (!super.offer(task)) {
            return false;
        }
        wakeOne();
        return true;
    }

    @Override
    public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
        long end = System.nanoTime() + unit.toNanos(timeout);
        while (true) {
            Runnable task = poll();
            if (task != null) {
                wakeOne();
                return task;
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            sleep(left);
        }
    }

    private void sleep(long nanos) throws InterruptedException {
        Sleeper me = new Sleeper(Thread.currentThread());
        sleepers.addFirst(me);
        // A task that came before there was this sleeper has woken nobody.
        if (isEmpty()) {
            LockSupport.parkNanos(this, nanos);
        }
        if (!sleepers.remove(me)) {
            // Somebody took it out to wake it.
            waking.set(false);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Wakes a worker if there is something to do, unless one is getting up, who will see to it. */
    private void wakeOne() {
        while (!isEmpty() && !sleepers.isEmpty() && waking.compareAndSet(false, true)) {
            Sleeper last = sleepers.pollFirst();
            if (last != null) {
                LockSupport.unpark(last.thread);
                return;
            }
            waking.set(false);
        }
    }
}
