package org.x2go.authservice.worker.pool;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;

/**
 * The workers that a pool has, and how many: one is started when there is none that may be given another request, and when
 * the oldest request has waited for {@link #GROW_NANOS} since the last one was ready; one at a time. Of those that are idle,
 * the last one that was used is asked. One that has been idle for a minute is retired, unless it is the only one. Used on the
 * event loop.
 */
final class WorkerSupply {
    /** Waiting for so long is more than a fast module's queue makes anybody wait. */
    static final long GROW_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    static final Duration IDLE = Duration.ofMinutes(1);
    private static final long HOUSEKEEPING_SECONDS = 10;

    private final EventLoop loop;
    private final WorkerLauncher launcher;
    private final int most;
    private final Collection<PooledRequest> waiters;
    private final WorkerPool pool;
    private final RestartBackOff backOff;

    private final Set<PooledWorker> workers = new LinkedHashSet<>();
    private final Deque<PooledWorker> idle = new ArrayDeque<>();
    private final CompletableFuture<@Nullable Void> firstStart = new CompletableFuture<>();
    private @Nullable PooledWorker starting;
    private long lastReady;
    private long started;
    private boolean lookScheduled;
    private boolean closed;

    /**
     * @param most how many there may be, besides one that takes the place of another
     * @param waiters the requests that wait for a worker, the oldest one first
     * @param pool who uses them
     */
    WorkerSupply(
            EventLoop loop,
            WorkerLauncher launcher,
            int most,
            Collection<PooledRequest> waiters,
            WorkerPool pool,
            Diagnostics diagnostics) {
        this.loop = loop;
        this.launcher = launcher;
        this.most = most;
        this.waiters = waiters;
        this.pool = pool;
        this.backOff = new RestartBackOff(diagnostics);
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    /** Starts the first worker. */
    void begin() {
        loop.scheduleWithFixedDelay(this::retireIdle, HOUSEKEEPING_SECONDS, HOUSEKEEPING_SECONDS, TimeUnit.SECONDS);
        grow();
    }

    /** Completed when the first worker is ready, or has died; exceptionally if there can be none. */
    CompletableFuture<@Nullable Void> firstStart() {
        return firstStart;
    }

    /** One that is idle, or null; only as many are given out as there may be. */
    @Nullable
    PooledWorker take() {
        if (busy() >= most) {
            return null;
        }
        PooledWorker worker = idle.pollFirst();
        // One that has ended, about which is heard in a moment, is asked nothing.
        while (worker != null && !worker.isReusable()) {
            worker = idle.pollFirst();
        }
        return worker;
    }

    /** One that was taken has answered. */
    void giveBack(PooledWorker worker) {
        if (worker.requests() == 1) {
            backOff.proved();
        }
        if (worker.isReusable()) {
            idle.addFirst(worker);
        } else {
            retire(worker);
        }
    }

    /** One has ended, or is to be killed. */
    void remove(PooledWorker worker) {
        workers.remove(worker);
        idle.remove(worker);
        if (workers.isEmpty()) {
            backOff.urgent(now());
        }
    }

    private void retire(PooledWorker worker) {
        remove(worker);
        worker.retire();
    }

    private void retireIdle() {
        for (Iterator<PooledWorker> longest = idle.descendingIterator(); reusable() > 1 && longest.hasNext(); ) {
            PooledWorker worker = longest.next();
            if (worker.elapsed().compareTo(IDLE) < 0) {
                return;
            }
            longest.remove();
            retire(worker);
        }
    }

    /** Starts another worker if that is wanted, or looks again when it may be. */
    void grow() {
        if (closed || starting != null) {
            return;
        }
        long wait = growAfter();
        if (wait == 0) {
            starting = new PooledWorker(pool, loop);
            starting.launch(launcher);
        } else if (wait < Long.MAX_VALUE && !lookScheduled) {
            lookScheduled = true;
            loop.schedule(this::look, wait, TimeUnit.NANOSECONDS);
        }
    }

    private long reusable() {
        return workers.stream().filter(PooledWorker::isReusable).count();
    }

    private void look() {
        lookScheduled = false;
        grow();
    }

    /** The rule: after how long another one is wanted, unless something changes before; MAX_VALUE if none is. */
    private long growAfter() {
        long pause = backOff.pauseNanos(now());
        if (reusable() == 0) {
            return pause;
        }
        if (waiters.isEmpty() || workers.size() >= most) {
            return Long.MAX_VALUE;
        }
        long waited = now() - waiters.iterator().next().since();
        long contended = Math.min(waited, now() - lastReady);
        return Math.max(pause, Math.max(0, GROW_NANOS - contended));
    }

    /** One that was launched is ready. */
    void started(PooledWorker worker) {
        starting = null;
        started++;
        lastReady = now();
        backOff.ready();
        workers.add(worker);
        idle.addFirst(worker);
        firstStart.complete(null);
        pool.dispatch();
    }

    /** A worker could not be started, or has ended before it was of any use. */
    void startFailed(PooledWorker worker, PooledWorker.StartFailure failure, String reason) {
        if (worker == starting) {
            starting = null;
        }
        // Where there are others, or with more time, it may come right by itself.
        backOff.failed(reason, workers.isEmpty() && failure != PooledWorker.StartFailure.SLOW, now());
        if (failure == PooledWorker.StartFailure.REFUSED) {
            firstStart.completeExceptionally(new IOException("failed to start a PAM worker: " + reason));
        } else {
            firstStart.complete(null);
        }
        if (isUnrecoverable()) {
            pool.failPending();
        }
        grow();
    }

    /** Whether there is no worker, and starting one has failed again and again. */
    boolean isUnrecoverable() {
        return workers.isEmpty() && backOff.isUnrecoverable();
    }

    int size() {
        return workers.size();
    }

    /** How many have a request. */
    int busy() {
        int busy = 0;
        for (PooledWorker worker : workers) {
            busy += worker.request() == null ? 0 : 1;
        }
        return busy;
    }

    /** How many have been ready so far. */
    long started() {
        return started;
    }

    /** Starts no more, and kills those that there are. Returns those. */
    List<PooledWorker> stop() {
        closed = true;
        if (starting != null) {
            starting.kill();
        }
        List<PooledWorker> last = List.copyOf(workers);
        last.forEach(this::remove);
        last.forEach(PooledWorker::kill);
        return last;
    }
}
