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
 * The workers of a pool, and their number. A worker is started, one at a time, when no worker is reusable, or when the
 * oldest request has waited for {@link #GROW_NANOS}, counted anew when a worker becomes ready. The idle worker that was used
 * last gets the next request. A worker that was idle for a minute is retired, unless it is the only one. Used on the
 * event loop.
 */
final class WorkerSupply {
    /** Longer than a request waits in the queue when modules are fast. */
    static final long GROW_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    static final Duration IDLE = Duration.ofMinutes(1);
    private static final long HOUSEKEEPING_SECONDS = 10;

    private final EventLoop loop;
    private final WorkerLauncher launcher;
    private final int maxWorkers;
    private final Collection<PooledRequest> waiters;
    private final WorkerPool pool;
    private final RestartBackOff backOff;

    private final Set<PooledWorker> workers = new LinkedHashSet<>();
    private final Deque<PooledWorker> idle = new ArrayDeque<>();
    private final CompletableFuture<@Nullable Void> firstStart = new CompletableFuture<>();
    private @Nullable PooledWorker starting;
    private long lastReady;
    private long readyCount;
    private boolean lookScheduled;
    private boolean closed;

    /**
     * @param maxWorkers the maximum number of workers; there may be one more while a worker is being replaced
     * @param waiters the requests that wait for a worker, oldest first
     * @param pool the user of the workers
     */
    WorkerSupply(
            EventLoop loop,
            WorkerLauncher launcher,
            int maxWorkers,
            Collection<PooledRequest> waiters,
            WorkerPool pool,
            Diagnostics diagnostics) {
        this.loop = loop;
        this.launcher = launcher;
        this.maxWorkers = maxWorkers;
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

    /**
     * Completed when the first worker is ready, has crashed or was not ready in time; exceptionally if it could not be
     * launched or reported a startup failure.
     */
    CompletableFuture<@Nullable Void> firstStart() {
        return firstStart;
    }

    /** Takes an idle worker; null if there is none, or as many are busy as are allowed. */
    @Nullable
    PooledWorker take() {
        if (busy() >= maxWorkers) {
            return null;
        }
        PooledWorker worker = idle.pollFirst();
        // Its channel is closed, and the event for that follows.
        while (worker != null && !worker.isReusable()) {
            worker = idle.pollFirst();
        }
        return worker;
    }

    /** Returns a worker that has answered. */
    void giveBack(PooledWorker worker) {
        if (worker.requests() == 1) {
            backOff.answered();
        }
        if (worker.isReusable()) {
            idle.addFirst(worker);
        } else {
            retire(worker);
        }
    }

    /** Removes a worker that has exited or is going to. */
    void remove(PooledWorker worker) {
        workers.remove(worker);
        idle.remove(worker);
        if (workers.isEmpty()) {
            backOff.retryNow(now());
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

    /** Starts another worker if one is needed now, or schedules the next check. */
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

    /** The delay after which another worker is needed if nothing changes; MAX_VALUE if none is. */
    private long growAfter() {
        long pause = backOff.pauseNanos(now());
        if (reusable() == 0) {
            return pause;
        }
        if (waiters.isEmpty() || workers.size() >= maxWorkers) {
            return Long.MAX_VALUE;
        }
        long waited = now() - waiters.iterator().next().since();
        long contended = Math.min(waited, now() - lastReady);
        return Math.max(pause, Math.max(0, GROW_NANOS - contended));
    }

    /** Called when a launched worker is ready. */
    void onReady(PooledWorker worker) {
        starting = null;
        readyCount++;
        lastReady = now();
        backOff.ready();
        workers.add(worker);
        idle.addFirst(worker);
        firstStart.complete(null);
        pool.dispatch();
    }

    /** Called when a worker could not be started, or exited before its first request. */
    void startFailed(PooledWorker worker, PooledWorker.StartFailure failure, String reason) {
        if (worker == starting) {
            starting = null;
        }
        // A restart of the service can help only if there is no other worker, and this one did not just need more time.
        backOff.failed(reason, workers.isEmpty() && failure != PooledWorker.StartFailure.SLOW, now());
        if (failure == PooledWorker.StartFailure.REFUSED) {
            firstStart.completeExceptionally(new IOException("failed to start a PAM worker: " + reason));
        } else {
            firstStart.complete(null);
        }
        if (mayNeedRestart()) {
            pool.failWaiting();
        }
        grow();
    }

    /** Whether there is no worker, and several starts have failed since one was last ready; slow ones do not count. */
    boolean mayNeedRestart() {
        return workers.isEmpty() && backOff.mayNeedRestart();
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

    /** How many became ready so far. */
    long readyCount() {
        return readyCount;
    }

    /** Starts no more workers, and kills and returns the present ones. */
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
