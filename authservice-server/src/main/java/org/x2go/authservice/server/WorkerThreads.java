package org.x2go.authservice.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that ask PAM, and the one queue that they share: whichever is free first takes the next attempt, so that a
 * slow login holds up its own worker and nobody else.
 *
 * <p>No more of them run at a time than there are processors, for as long as they come back quickly: what they do then is
 * work for a processor, and more threads would only take turns on it, at a switch's cost for each. When one of them has not
 * come back within {@link #BRIEF}, it no longer counts, and whatever waits is given workers at once. So attempts that
 * compute hashes or wait for a directory server wait for each other no longer than that.
 *
 * <p>Threads are started as they are needed, woken the last that fell asleep first, and ended when idle for a minute. Their
 * stacks are of an ordinary size, whatever that of other threads is set to, because PAM modules run on them. Thread-safe.
 */
final class WorkerThreads implements Workers {
    /** How long a worker may be in PAM and still count as one that will be back in a moment. */
    static final Duration BRIEF = Duration.ofMillis(1);

    private static final Logger LOG = LogManager.getLogger(WorkerThreads.class);

    private static final long IDLE_END_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long STACK_BYTES = 1024 * 1024;

    private final int count;
    private final int maxQueued;
    private final int processors;
    private final ScheduledExecutorService watch;

    private final Object lock = new Object();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final Set<Worker> workers = new HashSet<>();
    private final Deque<Worker> asleep = new ArrayDeque<>();

    /** Those that are awake and have not been in PAM for long. */
    private int brisk;

    /** Those of them that have been woken, or started, and are not there yet. */
    private int rising;

    private boolean watched;
    private boolean stopping;
    private int started;

    /**
     * @param count how many there may be
     * @param maxQueued the longest queue before them
     * @param processors how many run at a time for as long as they come back quickly
     * @param watch where it is looked, now and then while attempts wait, whether they do
     */
    WorkerThreads(int count, int maxQueued, int processors, ScheduledExecutorService watch) {
        this.count = count;
        this.maxQueued = maxQueued;
        this.processors = processors;
        this.watch = watch;
    }

    @Override
    public boolean submit(Runnable attempt) {
        Worker next;
        synchronized (lock) {
            if (stopping || waiting.size() - rising >= maxQueued) {
                return false;
            }
            waiting.addLast(attempt);
            next = brisk < processors ? raise() : null;
            watchOver();
        }
        if (next != null) {
            next.rise();
        }
        return true;
    }

    /** Somebody to be woken or started, who counts as awake from now on; null if there is nobody left. */
    private @Nullable Worker raise() {
        Worker next = asleep.pollLast();
        if (next == null) {
            if (workers.size() == count) {
                return null;
            }
            next = new Worker("pam-worker-" + ++started);
            workers.add(next);
        }
        next.asleep = false;
        brisk++;
        rising++;
        return next;
    }

    private void watchOver() {
        if (!watched && !waiting.isEmpty()) {
            watched = true;
            watch.schedule(this::look, BRIEF.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Looks whether those who are awake come back, and gives workers to what waits if one of them does not. */
    private void look() {
        List<Worker> next = new ArrayList<>();
        synchronized (lock) {
            watched = false;
            boolean late = false;
            long now = System.nanoTime();
            for (Worker worker : workers) {
                late |= worker.fallsBehind(now);
            }
            for (int missing = waiting.size() - rising; missing > 0 && (late || brisk < processors); missing--) {
                Worker another = raise();
                if (another == null) {
                    break;
                }
                next.add(another);
            }
            watchOver();
        }
        next.forEach(Worker::rise);
    }

    @Override
    public void withdraw(Runnable attempt) {
        synchronized (lock) {
            waiting.remove(attempt);
        }
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int busy() {
        synchronized (lock) {
            return workers.size() - asleep.size();
        }
    }

    @Override
    public int queued() {
        synchronized (lock) {
            return Math.max(0, waiting.size() - rising);
        }
    }

    @Override
    public void stop() {
        List<Worker> idle;
        synchronized (lock) {
            stopping = true;
            idle = new ArrayList<>();
            while (!asleep.isEmpty()) {
                idle.add(raise());
            }
        }
        idle.forEach(Worker::rise);
    }

    /** One thread. What is not final is guarded by the lock. */
    private final class Worker implements Runnable {
        private final Thread thread;
        private volatile boolean asleep;

        /** Whether it has an attempt. */
        private boolean atWork;

        /** Since when it has that attempt, or has had none. */
        private long since = System.nanoTime();

        /** Whether it has been at it for so long that it no longer counts. */
        private boolean behind;

        Worker(String name) {
            thread = new Thread(null, this, name, STACK_BYTES);
            thread.setDaemon(true);
        }

        void rise() {
            if (thread.isAlive()) {
                LockSupport.unpark(thread);
                return;
            }
            try {
                thread.start();
            } catch (OutOfMemoryError e) {
                // That is how the JVM says that the system gives it no more threads. The attempt waits for another one.
                LOG.error("Cannot start a worker: {}; see the limit of tasks (TasksMax=, ulimit -u)", e.getMessage());
                synchronized (lock) {
                    rising--;
                    retire();
                }
            }
        }

        boolean fallsBehind(long now) {
            if (!atWork || behind || now - since < BRIEF.toNanos()) {
                return false;
            }
            behind = true;
            brisk--;
            return true;
        }

        @Override
        public void run() {
            do {
                for (Runnable attempt = arrive(); attempt != null; attempt = comeBack()) {
                    try {
                        attempt.run();
                    } catch (Throwable e) {
                        // It has seen to its reply; the next one must not suffer.
                        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
                    }
                }
            } while (sleep());
        }

        /** Started, or woken. */
        private @Nullable Runnable arrive() {
            synchronized (lock) {
                rising--;
                return take();
            }
        }

        /** From an attempt. */
        private @Nullable Runnable comeBack() {
            synchronized (lock) {
                atWork = false;
                since = System.nanoTime();
                if (behind) {
                    behind = false;
                    brisk++;
                }
                if (brisk > processors && !stopping) {
                    // What waits is for those who are left.
                    lieDown();
                    return null;
                }
                return take();
            }
        }

        /** The next attempt. Without one, it has lain down, or at the end retired. */
        private @Nullable Runnable take() {
            Runnable next = waiting.pollFirst();
            if (next != null) {
                atWork = true;
                since = System.nanoTime();
            } else if (stopping) {
                retire();
            } else {
                lieDown();
            }
            return next;
        }

        private void lieDown() {
            brisk--;
            asleep = true;
            WorkerThreads.this.asleep.addLast(this);
        }

        private void retire() {
            brisk--;
            workers.remove(this);
        }

        /** Until it is woken. False if it has retired, be it now because nobody has woken it. */
        private boolean sleep() {
            while (asleep) {
                LockSupport.parkNanos(WorkerThreads.this, Math.max(1, since + IDLE_END_NANOS - System.nanoTime()));
                // An interrupt is nobody's here, and would keep it from parking.
                Thread.interrupted();
                synchronized (lock) {
                    if (asleep && System.nanoTime() - since >= IDLE_END_NANOS) {
                        asleep = false;
                        WorkerThreads.this.asleep.remove(this);
                        workers.remove(this);
                    }
                }
            }
            synchronized (lock) {
                return workers.contains(this);
            }
        }
    }
}
