package org.x2go.authservice.worker.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is free, and who waits for it, first come, first served. Of what is free that is taken first which became free last.
 * Whatever becomes free wakes one who waits, and nobody sleeps while something is free. Guarded by the lock that it is given:
 * each method takes it, and who holds it sees nothing change in between.
 *
 * @param <T> what is waited for
 */
final class WaitingLine<T> {
    /** One who waits, and sleeps on a condition of its own, so that nobody else is woken for it. */
    private final class Waiter {
        final Condition woken = lock.newCondition();
        final long since = System.nanoTime();

        @Nullable
        T given;

        boolean sentAway;
    }

    private final ReentrantLock lock;
    private final long fairNanos;
    private final Deque<T> free = new ArrayDeque<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private boolean closed;

    /**
     * Nobody, and nothing.
     *
     * @param fairNanos who has waited for longer is given what becomes free; until then whoever asks next may have it first:
     *     to hand it to a thread that must wake up leaves it idle for that long, and under load the line would move at the
     *     pace of wake-ups
     */
    WaitingLine(ReentrantLock lock, long fairNanos) {
        this.lock = lock;
        this.fairNanos = fairNanos;
    }

    /** Takes one, or null if none becomes free until the deadline, or who waits is sent away, or this is closed. */
    @Nullable
    T take(long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (closed) {
                return null;
            }
            T one = free.pollFirst();
            return one != null ? one : await(deadline);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable T await(long deadline) throws InterruptedException {
        Waiter waiter = new Waiter();
        waiters.addLast(waiter);
        try {
            while (waiter.given == null && !waiter.sentAway && !closed) {
                T one = free.pollFirst();
                if (one != null) {
                    return one;
                }
                if (waiter.woken.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    break;
                }
            }
            return waiter.given;
        } catch (InterruptedException e) {
            if (waiter.given != null) {
                put(waiter.given);
            }
            throw e;
        } finally {
            waiters.remove(waiter);
            wakeNext();
        }
    }

    /** One who was woken may have gone without what was free, or have been woken for two. */
    private void wakeNext() {
        Waiter next = waiters.peekFirst();
        if (next != null && !free.isEmpty()) {
            next.woken.signal();
        }
    }

    /** This one is free. */
    void put(T one) {
        lock.lock();
        try {
            Waiter first = waiters.peekFirst();
            if (first != null && System.nanoTime() - first.since > fairNanos) {
                waiters.removeFirst();
                first.given = one;
            } else {
                free.addFirst(one);
            }
            if (first != null) {
                first.woken.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes this one away, and says whether it was free. */
    boolean remove(T one) {
        lock.lock();
        try {
            return free.remove(one);
        } finally {
            lock.unlock();
        }
    }

    /** What is free, that first which is taken first. */
    List<T> free() {
        lock.lock();
        try {
            return List.copyOf(free);
        } finally {
            lock.unlock();
        }
    }

    /** How much is free. */
    int countFree() {
        lock.lock();
        try {
            return free.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
    int countWaiting() {
        lock.lock();
        try {
            return waiters.size();
        } finally {
            lock.unlock();
        }
    }

    /** For how long the one has waited that waits the longest, in nanoseconds and more than 0; 0 if nobody waits. */
    long longestWait() {
        lock.lock();
        try {
            Waiter first = waiters.peekFirst();
            return first == null ? 0 : Math.max(1, System.nanoTime() - first.since);
        } finally {
            lock.unlock();
        }
    }

    /** Lets everybody who waits go away without anything. Who comes later waits again. */
    void sendAway() {
        lock.lock();
        try {
            for (Waiter waiter : waiters) {
                waiter.sentAway = true;
                waiter.woken.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives nobody anything any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiters.forEach(waiter -> waiter.woken.signal());
        } finally {
            lock.unlock();
        }
    }
}
