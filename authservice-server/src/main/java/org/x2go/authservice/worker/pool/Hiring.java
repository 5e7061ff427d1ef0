package org.x2go.authservice.worker.pool;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.x2go.authservice.auth.Diagnostics;

/**
 * Sees to it that there are as many workers as are needed: starts one when requests have to wait, or when all are busy for
 * so long that the next request might have to; lets go those that have had nothing to do; replaces those that have served
 * long enough, after their replacement is ready. Thread-safe.
 *
 * <p>When workers die again and again, the next one is started after longer and longer pauses ({@link BackOff}), so that a
 * module which crashes every time does not keep the machine busy.
 */
final class Hiring {
    /** Waiting for so long is more than a fast module's queue makes anybody wait. */
    private static final long GROW_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** A request that takes so long may take longer: the next one should find another worker. */
    private static final long SPARE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How much more often somebody was seen to wait than not, until another worker is started: for 50 ms, if always. */
    private static final int CROWDED = 10;

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long SURPLUS_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A worker is ready in a tenth of that on an idle machine. */
    private static final Duration START = Duration.ofSeconds(15);

    private static final Duration BURIAL = Duration.ofSeconds(2);

    /** Who is let go ends when what its modules have started has ended. */
    private static final Duration LEAVE = Duration.ofSeconds(30);

    private final WorkerSource source;
    private final Staff staff;
    private final int most;
    private final Diagnostics diagnostics;
    private final ExecutorService errands = Executors.newCachedThreadPool(task -> thread(task, "worker-errand"));
    private final Thread minder = thread(this::mind, "worker-minder");

    private final BackOff backOff;
    private final AtomicLong allStarted = new AtomicLong();

    /** How much more often somebody was seen to wait than not. The minder's own. */
    private int crowd;

    private int starting;
    private volatile boolean closed;

    Hiring(WorkerSource source, Staff staff, int most, Diagnostics diagnostics) {
        this.source = source;
        this.staff = staff;
        this.most = most;
        this.diagnostics = diagnostics;
        this.backOff = new BackOff(diagnostics);
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Starts the first worker, and goes on unless there is no use in it. */
    Optional<IOException> begin() {
        Optional<IOException> hopeless = Optional.empty();
        starting = 1;
        try {
            hire();
        } catch (UnfitException e) {
            hopeless = Optional.of(new IOException(e.getMessage(), e));
        }
        minder.start();
        return hopeless;
    }

    private void mind() {
        try {
            while (!closed) {
                Staff.Situation now = staff.look(SURPLUS_NANOS);
                adjust(now);
                if (now.free() > 0 && now.retiring() == null) {
                    staff.awaitScarcity(LOOK_NANOS);
                }
                // Under load workers are scarce at each request, for which nobody should be woken.
                TimeUnit.NANOSECONDS.sleep(TICK_NANOS);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void adjust(Staff.Situation now) {
        crowd = now.longestWait() > 0 ? Math.min(crowd + 1, CROWDED) : Math.max(crowd - 1, 0);
        if (now.retiring() != null && now.free() > 1 && staff.takeIfFree(now.retiring())) {
            dismiss(now.retiring());
        } else if (now.surplus() != null && staff.takeIfFree(now.surplus())) {
            dismiss(now.surplus());
        }
        if (isWanted(now)) {
            crowd = 0;
            synchronized (this) {
                starting++;
            }
            try {
                errands.execute(this::tryToHire);
            } catch (RejectedExecutionException e) {
                // Closed.
            }
        }
    }

    /** One is started at a time: a second start only makes the first one slower. */
    private synchronized boolean isWanted(Staff.Situation now) {
        if (starting > 0 || backOff.isPause()) {
            return false;
        }
        if (now.workers() == 0) {
            return true;
        }
        if (now.retiring() != null && now.free() == 1) {
            return true;
        }
        boolean overdue = now.longestWait() > GROW_NANOS;
        boolean slow = now.free() == 0 && now.sinceRelease() > SPARE_NANOS;
        // None waits for long, but always somebody: a worker more is of use, as long as there are processors.
        boolean crowded = crowd == CROWDED;
        return now.workers() < most && (overdue || slow || crowded);
    }

    private void tryToHire() {
        try {
            hire();
        } catch (UnfitException e) {
            diagnostics.error("No PAM worker could be had: " + e.getMessage());
        }
    }

    /** Comes back normally, too, if the worker dies before it is ready. */
    private void hire() throws UnfitException {
        try {
            welcome(start());
        } catch (UnfitException e) {
            failedToStart();
            throw e;
        } finally {
            synchronized (this) {
                starting--;
            }
        }
    }

    private void welcome(Worker worker) throws UnfitException {
        try {
            worker.awaitReady(System.nanoTime() + START.toNanos());
            backOff.started();
            staff.add(worker);
            allStarted.incrementAndGet();
            if (closed) {
                worker.kill();
            }
        } catch (SocketTimeoutException e) {
            // Slow, which on a busy machine says nothing against the next one.
            discard(worker, "was not ready in time", e);
            died();
        } catch (IOException e) {
            discard(worker, "died before it was ready", e);
            failedToStart();
        } catch (UnfitException e) {
            worker.kill();
            dismiss(worker);
            throw e;
        }
    }

    private void discard(Worker worker, String what, IOException cause) {
        worker.kill();
        String ending = worker.bury(BURIAL);
        if (!closed) {
            // At the end of the pool it is the pool that ends it, ready or not.
            diagnostics.error(worker + " " + what + " (" + ending + "): " + cause.getMessage());
        }
    }

    private Worker start() throws UnfitException {
        try {
            return source.start();
        } catch (IOException e) {
            throw new UnfitException("cannot start PAM workers: " + e.getMessage(), e);
        }
    }

    /** A worker has answered. */
    void answered() {
        backOff.answered();
    }

    /** A worker has died that should not have. */
    void died() {
        backOff.died();
        sendAwayIfHopeless();
    }

    private void failedToStart() {
        backOff.failedToStart();
        sendAwayIfHopeless();
    }

    private void sendAwayIfHopeless() {
        if (!isHealthy()) {
            staff.sendAway();
        }
    }

    /** Whether an answer can be hoped for. */
    boolean isHealthy() {
        return backOff.isHealthy();
    }

    /** Whether there is a worker, or starting one has not failed again and again. */
    boolean canHaveWorkers() {
        return staff.size() > 0 || backOff.canStart();
    }

    /** How many workers have been ready so far. */
    long allStarted() {
        return allStarted.get();
    }

    /** How many have died so far that should not have. */
    long allDied() {
        return backOff.allDied();
    }

    /** Ends a worker that nobody uses any more, and does not wait for it. */
    void dismiss(Worker worker) {
        staff.remove(worker);
        worker.dismiss();
        try {
            errands.execute(() -> diagnostics.debug(worker + " was let go (" + worker.bury(LEAVE) + ")"));
        } catch (RejectedExecutionException e) {
            worker.bury(Duration.ZERO);
        }
    }

    /** Starts no more. */
    void close() {
        closed = true;
        minder.interrupt();
        errands.shutdown();
    }
}
