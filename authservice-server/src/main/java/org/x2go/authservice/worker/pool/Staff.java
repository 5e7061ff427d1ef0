package org.x2go.authservice.worker.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who works and who waits. Of the workers that are free the one that was busy last is taken first, so that those that are
 * not needed stay free and can be let go. Thread-safe.
 */
final class Staff {
    /**
     * Until then, whoever asks next may have a worker before one who waits: handing it to a thread that must wake up first
     * leaves it idle for that long, and under load the queue would move at the pace of wake-ups.
     */
    private static final long FAIR_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final class Waiter {
        final Condition condition;
        final long since = System.nanoTime();

        @Nullable
        Worker given;

        boolean sentAway;

        Waiter(Condition condition) {
            this.condition = condition;
        }
    }

    /**
     * How things are.
     *
     * @param workers how many there are
     * @param free how many of them have nothing to do
     * @param longestWait for how long the one has waited that waits the longest, in nanoseconds; 0 if none does
     * @param sinceRelease for how long none has become free, in nanoseconds
     * @param retiring one that has nothing to do and is to be replaced
     * @param surplus one that has had nothing to do for long, and is not the only one
     */
    record Situation(
            int workers,
            int free,
            long longestWait,
            long sinceRelease,
            @Nullable Worker retiring,
            @Nullable Worker surplus) {}

    private final ReentrantLock lock = new ReentrantLock();

    /** Signalled when the last worker that was free is taken, or one is lost. */
    private final Condition scarce = lock.newCondition();

    private final Set<Worker> all = new HashSet<>();
    private final Deque<Worker> idle = new ArrayDeque<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private long releasedAt = System.nanoTime();
    private boolean watched;
    private boolean closed;

    /** Another worker, which is free. */
    void add(Worker worker) {
        lock.lock();
        try {
            all.add(worker);
            release(worker);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a worker, or null if none becomes free until the deadline, or this is closed or without hope. */
    @Nullable
    Worker take(long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (closed) {
                return null;
            }
            Worker worker = idle.pollFirst();
            if (idle.isEmpty() && watched) {
                watched = false;
                scarce.signalAll();
            }
            return worker != null ? worker : await(deadline);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Worker await(long deadline) throws InterruptedException {
        Waiter waiter = new Waiter(lock.newCondition());
        waiters.addLast(waiter);
        try {
            while (waiter.given == null && !waiter.sentAway && !closed) {
                Worker worker = idle.pollFirst();
                if (worker != null) {
                    return worker;
                }
                if (waiter.condition.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    break;
                }
            }
            return waiter.given;
        } catch (InterruptedException e) {
            if (waiter.given != null) {
                release(waiter.given);
            }
            throw e;
        } finally {
            waiters.remove(waiter);
            wakeNext();
        }
    }

    /** One who was woken for a worker may have gone without it, or have been woken for two. */
    private void wakeNext() {
        Waiter next = waiters.peekFirst();
        if (next != null && !idle.isEmpty()) {
            next.condition.signal();
        }
    }

    /** A worker is free again. */
    void release(Worker worker) {
        lock.lock();
        try {
            long now = System.nanoTime();
            releasedAt = now;
            worker.idleSince = now;
            Waiter first = waiters.peekFirst();
            if (first != null && now - first.since > FAIR_NANOS) {
                waiters.removeFirst();
                first.given = worker;
            } else {
                idle.addFirst(worker);
            }
            if (first != null) {
                first.condition.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A worker is there no more. */
    void remove(Worker worker) {
        lock.lock();
        try {
            all.remove(worker);
            idle.remove(worker);
            watched = false;
            scarce.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes this worker, if it is free. */
    boolean takeIfFree(Worker worker) {
        lock.lock();
        try {
            return idle.remove(worker);
        } finally {
            lock.unlock();
        }
    }

    /** How things are now. */
    Situation look(long surplusNanos) {
        lock.lock();
        try {
            long now = System.nanoTime();
            Waiter first = waiters.peekFirst();
            Worker last = idle.peekLast();
            boolean surplus = last != null && all.size() > 1 && now - last.idleSince > surplusNanos;
            return new Situation(
                    all.size(),
                    idle.size(),
                    first == null ? 0 : Math.max(1, now - first.since),
                    now - releasedAt,
                    idle.stream().filter(worker -> worker.retires).findAny().orElse(null),
                    surplus ? last : null);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a time, or until workers are scarce. */
    void awaitScarcity(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            watched = true;
            long left = nanos;
            while (watched && !closed && left > 0) {
                left = scarce.awaitNanos(left);
            }
            watched = false;
        } finally {
            lock.unlock();
        }
    }

    /** Lets everybody who waits go away without a worker, but goes on. */
    void sendAway() {
        lock.lock();
        try {
            for (Waiter waiter : waiters) {
                waiter.sentAway = true;
                waiter.condition.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many workers there are. */
    int size() {
        lock.lock();
        try {
            return all.size();
        } finally {
            lock.unlock();
        }
    }

    List<Worker> all() {
        lock.lock();
        try {
            return List.copyOf(all);
        } finally {
            lock.unlock();
        }
    }

    List<Worker> idle() {
        lock.lock();
        try {
            return List.copyOf(idle);
        } finally {
            lock.unlock();
        }
    }

    /** Gives nobody a worker any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiters.forEach(waiter -> waiter.condition.signal());
            scarce.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
