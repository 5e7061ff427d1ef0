package org.x2go.authservice.worker.pool;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Who works, who is free, and who waits for one that is. Thread-safe. */
final class Staff {
    /** See {@link WaitingLine}: a wake-up takes some hundredths of that. */
    private static final long FAIR_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

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
    private final WaitingLine<Worker> line = new WaitingLine<>(lock, FAIR_NANOS);
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
            if (line.countFree() <= 1) {
                tellOfScarcity();
            }
            return line.take(deadline);
        } finally {
            lock.unlock();
        }
    }

    private void tellOfScarcity() {
        if (watched) {
            watched = false;
            scarce.signalAll();
        }
    }

    /** A worker is free again. */
    void release(Worker worker) {
        lock.lock();
        try {
            releasedAt = System.nanoTime();
            worker.idleSince = releasedAt;
            line.put(worker);
        } finally {
            lock.unlock();
        }
    }

    /** A worker is there no more. */
    void remove(Worker worker) {
        lock.lock();
        try {
            all.remove(worker);
            line.remove(worker);
            tellOfScarcity();
        } finally {
            lock.unlock();
        }
    }

    /** Takes this worker, if it is free. */
    boolean takeIfFree(Worker worker) {
        return line.remove(worker);
    }

    /** How things are now. What changes from here on ends the next {@link #awaitScarcity}. */
    Situation look(long surplusNanos) {
        lock.lock();
        try {
            watched = true;
            long now = System.nanoTime();
            List<Worker> free = line.free();
            Worker last = free.isEmpty() ? null : free.get(free.size() - 1);
            boolean surplus = last != null && all.size() > 1 && now - last.idleSince > surplusNanos;
            return new Situation(
                    all.size(),
                    free.size(),
                    line.longestWait(),
                    now - releasedAt,
                    free.stream().filter(worker -> worker.retires).findAny().orElse(null),
                    surplus ? last : null);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a time, or until workers have become scarce since the last look. */
    void awaitScarcity(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
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
        line.sendAway();
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
        return line.free();
    }

    /** Gives nobody a worker any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            line.close();
            scarce.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
