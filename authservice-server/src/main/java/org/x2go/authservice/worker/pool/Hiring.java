package org.x2go.authservice.worker.pool;

import java.io.IOException;
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
 * <p>When workers die again and again with no answer in between, the next one is started after a pause that doubles, so
 * that a module which crashes at every start does not keep the machine busy.
 */
final class Hiring {
    /** Waiting for so long is more than a fast module's queue makes anybody wait. */
    private static final long GROW_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** A request that takes so long may take longer: the next one should find another worker. */
    private static final long SPARE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long SURPLUS_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A worker is ready in a tenth of that on an idle machine. */
    private static final Duration START = Duration.ofSeconds(15);

    private static final int UNHEALTHY = 5;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Duration BURIAL = Duration.ofSeconds(2);

    /** Who is let go ends when what its modules have started has ended. */
    private static final Duration LEAVE = Duration.ofSeconds(30);

    private final WorkerSource source;
    private final Staff staff;
    private final int most;
    private final Diagnostics diagnostics;
    private final ExecutorService errands = Executors.newCachedThreadPool(task -> thread(task, "worker-errand"));
    private final Thread minder = thread(this::mind, "worker-minder");

    /** How many workers have died since one answered. */
    private volatile int deaths;

    private final AtomicLong allStarted = new AtomicLong();
    private final AtomicLong allDied = new AtomicLong();

    private int starting;
    private long notBefore = System.nanoTime();
    private volatile boolean closed;

    Hiring(WorkerSource source, Staff staff, int most, Diagnostics diagnostics) {
        this.source = source;
        this.staff = staff;
        this.most = most;
        this.diagnostics = diagnostics;
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
        } catch (NotStartedException e) {
            hopeless = Optional.of(new IOException("cannot start PAM workers: " + e.getMessage(), e));
        }
        minder.start();
        return hopeless;
    }

    private void mind() {
        try {
            while (!closed) {
                Staff.Situation now = staff.look(SURPLUS_NANOS);
                adjust(now);
                boolean scarce = now.free() == 0 || now.retiring() != null;
                staff.awaitScarcity(scarce ? TICK_NANOS : LOOK_NANOS);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void adjust(Staff.Situation now) {
        if (now.retiring() != null && now.free() > 1 && staff.takeIfFree(now.retiring())) {
            dismiss(now.retiring());
        } else if (now.surplus() != null && staff.takeIfFree(now.surplus())) {
            dismiss(now.surplus());
        }
        if (isWanted(now)) {
            synchronized (this) {
                starting++;
            }
            errands.execute(this::tryToHire);
        }
    }

    /** One is started at a time: a second start only makes the first one slower. */
    private synchronized boolean isWanted(Staff.Situation now) {
        if (starting > 0 || System.nanoTime() - notBefore < 0) {
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
        return now.workers() < most && (overdue || slow);
    }

    private void tryToHire() {
        try {
            hire();
        } catch (UnfitException | NotStartedException e) {
            diagnostics.error("No PAM worker can be started: " + e.getMessage());
        }
    }

    /** Comes back normally, too, if the worker dies before it is ready. */
    private void hire() throws UnfitException, NotStartedException {
        Worker worker = null;
        try {
            worker = start();
            worker.awaitReady(System.nanoTime() + START.toNanos());
            staff.add(worker);
            allStarted.incrementAndGet();
            if (closed) {
                worker.kill();
            }
        } catch (IOException e) {
            if (worker != null) {
                worker.kill();
                diagnostics.error(
                        worker + " died before it was ready (" + worker.bury(BURIAL) + "): " + e.getMessage());
            }
            died();
        } catch (UnfitException | NotStartedException e) {
            if (worker != null) {
                worker.kill();
                dismiss(worker);
            }
            died();
            throw e;
        } finally {
            synchronized (this) {
                starting--;
            }
        }
    }

    private Worker start() throws NotStartedException {
        try {
            return source.start();
        } catch (IOException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Says that not even a process or a connection could be made. */
    private static final class NotStartedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotStartedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A worker has answered. */
    void answered() {
        if (deaths > 0) {
            if (!isHealthy()) {
                diagnostics.warn("PAM workers answer again");
            }
            deaths = 0;
        }
    }

    /** A worker has died that should not have. */
    synchronized void died() {
        deaths++;
        allDied.incrementAndGet();
        if (deaths > 1) {
            long pause = FIRST_PAUSE_NANOS << Math.min(deaths - 2, 10);
            notBefore = System.nanoTime() + Math.min(pause, LONGEST_PAUSE_NANOS);
        }
        if (deaths == UNHEALTHY) {
            diagnostics.error("PAM workers have died " + deaths + " times without an answer in between: requests are"
                    + " answered \"error\" while there is none, and others are started after longer and longer pauses");
        }
        if (!isHealthy()) {
            staff.sendAway();
        }
    }

    /** Whether an answer can be hoped for. */
    boolean isHealthy() {
        return deaths < UNHEALTHY;
    }

    /** How many workers have been ready so far. */
    long allStarted() {
        return allStarted.get();
    }

    /** How many have died so far that should not have. */
    long allDied() {
        return allDied.get();
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
