package org.x2go.authservice.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that ask PAM, and the one queue that they share: whichever is free first takes the next attempt, so that a
 * slow login holds up its own worker and nobody else.
 *
 * <p>No more of them compute at a time than there are processors: more would only take turns on them, at a switch's cost for
 * each, and have the memory of each hash push the others' out of the caches. So a worker counts, and what waits does so for
 * it, for {@link WorkerThread#BRIEF}; and when it then computes, until it does so no more, but no longer than {@link
 * WorkerThread#LONG}. One that waits, as for a directory server, does not count, and others are given what waits.
 *
 * <p>Threads are started as they are needed, woken the last that fell asleep first, and ended when idle for a minute.
 * Thread-safe.
 */
final class WorkerThreads implements Workers {
    private static final Logger LOG = LogManager.getLogger(WorkerThreads.class);

    /** To look at one that computes takes about a hundredth of a millisecond. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

    private static final long AFTER_FAILED_START_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long BRIEF_NANOS = WorkerThread.BRIEF.toNanos();
    private static final long LONG_NANOS = WorkerThread.LONG.toNanos();

    private final int count;
    private final int maxQueued;
    private final int processors;
    private final Predicate<Thread> computedElsewhere;
    private final Alarm watch;

    private final Object lock = new Object();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final Set<WorkerThread> workers = new HashSet<>();
    private final Deque<WorkerThread> asleep = new ArrayDeque<>();

    /** Those that count: they are awake, and have not fallen behind. */
    private int brisk;

    /** Those of them that have been woken, or started, and are not there yet. */
    private int rising;

    private int started;
    private long noStartBefore = System.nanoTime();
    private boolean stopping;

    /**
     * @param count how many there may be
     * @param maxQueued the longest queue before them
     * @param processors how many compute at a time
     * @param computedElsewhere whether somebody else computes for a worker
     * @param timer where it is looked, now and then while attempts wait, who still counts
     */
    WorkerThreads(
            int count,
            int maxQueued,
            int processors,
            Predicate<Thread> computedElsewhere,
            ScheduledExecutorService timer) {
        this.count = count;
        this.maxQueued = maxQueued;
        this.processors = processors;
        this.computedElsewhere = computedElsewhere;
        this.watch = new Alarm(timer, this::look);
    }

    @Override
    public boolean submit(Runnable attempt) {
        WorkerThread next;
        synchronized (lock) {
            if (stopping || waiting.size() - rising >= maxQueued) {
                return false;
            }
            waiting.addLast(attempt);
            next = brisk < processors ? raise() : null;
            lookAfter(BRIEF_NANOS);
        }
        if (next != null) {
            rouse(next);
        }
        return true;
    }

    /** Somebody to be woken or started, who counts from now on; null if there is nobody left. */
    private @Nullable WorkerThread raise() {
        WorkerThread next = asleep.pollLast();
        if (next == null) {
            if (workers.size() == count || System.nanoTime() - noStartBefore < 0) {
                return null;
            }
            next = new WorkerThread("pam-worker-" + ++started, this::work);
            workers.add(next);
        }
        next.getUp();
        brisk++;
        rising++;
        return next;
    }

    private void rouse(WorkerThread next) {
        try {
            next.rise();
        } catch (OutOfMemoryError e) {
            // That is how the JVM says that the system gives it no more threads. The attempt waits for another one.
            LOG.error("Cannot start a worker: {}; see the limit of tasks (TasksMax=, ulimit -u)", e.getMessage());
            synchronized (lock) {
                rising--;
                retire(next);
                noStartBefore = System.nanoTime() + AFTER_FAILED_START_NANOS;
                lookAfter(AFTER_FAILED_START_NANOS);
            }
        }
    }

    /** If somebody waits then, and there is somebody who could be raised. */
    private void lookAfter(long nanos) {
        if (!waiting.isEmpty() && (workers.size() < count || !asleep.isEmpty())) {
            watch.set(nanos);
        }
    }

    /**
     * Looks who counts no more, and has others take what waits: all of it, unless some compute. Then what waits may be of that
     * kind, and gets one worker in place of each that counts no more, and another one, since it may as well be of this kind.
     */
    private void look() {
        List<WorkerThread> next = new ArrayList<>();
        synchronized (lock) {
            watch.rang();
            int behind = 0;
            int computing = 0;
            long pause = LONGEST_PAUSE_NANOS;
            long now = System.nanoTime();
            for (WorkerThread worker : workers) {
                long away = worker.away(now);
                pause = Math.min(pause, away);
                if (away == Long.MAX_VALUE || away < BRIEF_NANOS) {
                    continue;
                }
                if (away < LONG_NANOS && isComputing(worker)) {
                    computing++;
                } else {
                    worker.fallBehind();
                    behind++;
                }
            }
            brisk -= behind;
            int enough = behind > 0 && computing == 0 ? count : processors + behind;
            for (int missing = waiting.size() - rising; missing > 0 && brisk < enough; missing--) {
                WorkerThread another = raise();
                if (another == null) {
                    break;
                }
                next.add(another);
            }
            // Who was raised begins soon. One that computes is looked at when it has done so for 1, 2, 4 and 8 ms.
            lookAfter(rising > 0 ? BRIEF_NANOS : Math.max(pause, BRIEF_NANOS));
        }
        next.forEach(this::rouse);
    }

    private boolean isComputing(WorkerThread worker) {
        try {
            return worker.isComputing() || computedElsewhere.test(worker.thread());
        } catch (RuntimeException e) {
            // The test is a stranger's, and what waits must be looked after whatever it does.
            LOG.debug("Whether somebody computes for a worker cannot be told", e);
            return false;
        }
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
        List<WorkerThread> idle;
        synchronized (lock) {
            stopping = true;
            idle = new ArrayList<>();
            while (!asleep.isEmpty()) {
                idle.add(raise());
            }
        }
        idle.forEach(this::rouse);
    }

    /** What each of the threads does. */
    private void work(WorkerThread self) {
        do {
            for (Runnable attempt = arrive(self); attempt != null; attempt = comeBack(self)) {
                try {
                    attempt.run();
                } catch (Throwable e) {
                    // It has seen to its reply; the next one must not suffer.
                    Thread thread = self.thread();
                    thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
                }
            }
        } while (sleep(self));
    }

    /** Started, or woken. */
    private @Nullable Runnable arrive(WorkerThread self) {
        synchronized (lock) {
            rising--;
            return take(self);
        }
    }

    /** From an attempt. */
    private @Nullable Runnable comeBack(WorkerThread self) {
        synchronized (lock) {
            if (self.comeBack()) {
                brisk++;
            }
            if (brisk > processors && !stopping) {
                // What waits is for those who are left.
                lieDown(self);
                return null;
            }
            return take(self);
        }
    }

    /** The next attempt. Without one, it has lain down, or at the end retired. */
    private @Nullable Runnable take(WorkerThread self) {
        Runnable next = waiting.pollFirst();
        if (next != null) {
            self.begin();
            lookAfter(BRIEF_NANOS);
        } else if (stopping) {
            retire(self);
        } else {
            lieDown(self);
        }
        return next;
    }

    private void lieDown(WorkerThread self) {
        brisk--;
        self.lieDown();
        asleep.addLast(self);
        lookAfter(BRIEF_NANOS);
    }

    private void retire(WorkerThread worker) {
        brisk--;
        workers.remove(worker);
    }

    /** Until it is woken. False if it has retired, be it now because nobody has woken it. */
    private boolean sleep(WorkerThread self) {
        while (self.isAsleep()) {
            self.rest();
            synchronized (lock) {
                if (self.hasIdled()) {
                    self.getUp();
                    asleep.remove(self);
                    workers.remove(self);
                }
            }
        }
        synchronized (lock) {
            return workers.contains(self);
        }
    }
}
