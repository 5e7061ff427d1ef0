package org.x2go.authservice.worker.pool;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AsyncAuthenticator;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.auth.LogText;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.worker.wire.Reply;

/**
 * Checks credentials in PAM workers: processes that check one request at a time, so that a module that crashes, hangs
 * or changes its process costs only its own request.
 *
 * <p>Requests are sent to workers in the order of their arrival. A request is never sent to a second worker, unless
 * the first one certainly did not read it.
 *
 * <p>Used on its event loop, except {@link #open}, {@link #statistics} and {@link #close}, which other threads call.
 */
public final class WorkerPool implements AsyncAuthenticator {
    /** Only if the event loop is stuck does it take so long: a worker that is not ready in time is given up earlier. */
    private static final long FIRST_START_SECONDS = 2 * PooledWorker.START_TIMEOUT_SECONDS;

    private static final long STOP_SECONDS = 5;

    private static final AuthResult STOPPED = AuthResult.error("the service is being stopped");
    private static final AuthResult QUEUE_FULL = AuthResult.error("too many requests are waiting for a PAM worker");
    private static final AuthResult NO_WORKER = AuthResult.error("no PAM worker was free in time");
    private static final AuthResult WITHDRAWN =
            AuthResult.error("the client disconnected before a PAM worker was free");
    private static final AuthResult KILLED = AuthResult.error("no verdict from PAM in time; its worker was killed");
    private static final AuthResult NO_START = AuthResult.error("failed to start a PAM worker");
    private static final AuthResult CRASH_LOOP = AuthResult.error("the modules of this PAM service crash repeatedly");

    private final EventLoop loop;
    private final WorkerLauncher launcher;
    private final int maxWaiting;
    private final Diagnostics diagnostics;
    private final CircuitBreakers breakers;
    private final Set<PooledRequest> waiters = new LinkedHashSet<>();
    private final WorkerSupply supply;

    /** Whether a request has failed since the last answer because no worker could be started. */
    private boolean failedWithNoStart;

    private boolean closed;
    private long unexpectedExits;
    private long killed;

    /** Creates a pool without a worker. */
    WorkerPool(EventLoop loop, WorkerLauncher launcher, int maxWorkers, int maxWaiting, Diagnostics diagnostics) {
        this.loop = loop;
        this.launcher = launcher;
        this.maxWaiting = maxWaiting;
        this.diagnostics = diagnostics;
        this.breakers = new CircuitBreakers(diagnostics);
        this.supply =
                new WorkerSupply(loop, launcher, maxWorkers, Collections.unmodifiableSet(waiters), this, diagnostics);
    }

    /**
     * Opens a pool: starts the first worker, and returns when that is ready, has crashed or was not ready in
     * time; in the latter cases further starts are tried in the background.
     *
     * @param loop the event loop of the pool; the caller must be another thread
     * @param launcher launches the workers; it is closed with the pool
     * @param maxWorkers the maximum number of concurrent checks, and of workers, except that there is one more while a
     *     worker is replaced
     * @param maxWaiting how many requests may wait for a worker
     * @param diagnostics the log for crashes and failed starts
     * @throws IOException if the first worker cannot be launched or reports a startup failure, if the event loop does not
     *     respond, or if this thread is interrupted; the message tells an administrator why
     */
    public static WorkerPool open(
            EventLoop loop, WorkerLauncher launcher, int maxWorkers, int maxWaiting, Diagnostics diagnostics)
            throws IOException {
        WorkerPool pool = new WorkerPool(loop, launcher, maxWorkers, maxWaiting, diagnostics);
        loop.execute(pool.supply::begin);
        try {
            pool.supply.firstStart().get(FIRST_START_SECONDS, TimeUnit.SECONDS);
            return pool;
        } catch (ExecutionException e) {
            pool.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException e) {
            pool.close();
            throw new IOException("no PAM worker was ready within " + FIRST_START_SECONDS + " s", e);
        } catch (InterruptedException e) {
            pool.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the first PAM worker was starting", e);
        }
    }

    WorkerSupply supply() {
        return supply;
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    @Override
    public CompletableFuture<AuthResult> authenticate(Credentials credentials, PeerCredentials peer) {
        assert loop.inEventLoop();
        PooledRequest request = new PooledRequest(this, credentials, peer, now());
        if (closed) {
            request.end(STOPPED);
        } else if (breakers.isOpen(request.service(), now())) {
            request.end(CRASH_LOOP);
        } else if (supply.mayNeedRestart()) {
            failedWithNoStart = true;
            request.end(NO_START);
        } else if (waiters.size() >= maxWaiting) {
            request.end(QUEUE_FULL);
        } else {
            waiters.add(request);
            dispatch();
        }
        return request;
    }

    /** Sends waiting requests to idle workers, and starts workers if there are too few. */
    void dispatch() {
        assert loop.inEventLoop();
        for (PooledWorker worker = takeIfNeeded(); worker != null; worker = takeIfNeeded()) {
            PooledRequest first = waiters.iterator().next();
            waiters.remove(first);
            breakers.asked(first.service(), now());
            worker.ask(first);
        }
        supply.grow();
    }

    private @Nullable PooledWorker takeIfNeeded() {
        return waiters.isEmpty() ? null : supply.take();
    }

    /** Fails the waiting requests, because no worker can be started. */
    void failWaiting() {
        failedWithNoStart |= !waiters.isEmpty();
        failWaiting(waiter -> true, NO_START);
    }

    private void failWaiting(Predicate<PooledRequest> which, AuthResult result) {
        List<PooledRequest> failing = waiters.stream().filter(which).toList();
        failing.forEach(waiters::remove);
        failing.forEach(waiter -> waiter.end(result));
    }

    void answered(PooledWorker worker, Reply.Answer answer) {
        assert loop.inEventLoop();
        PooledRequest request = worker.request();
        if (request == null) {
            return;
        }
        AuthResult result = answer.result().measured(worker.elapsed());
        worker.release(answer.disposition() == Reply.Disposition.REUSE);
        failedWithNoStart = false;
        breakers.notCrashed(request.service());
        supply.giveBack(worker);
        request.end(result);
        dispatch();
    }

    /** Called when a worker exited unexpectedly. */
    void workerExited(PooledWorker worker, String how) {
        assert loop.inEventLoop();
        supply.remove(worker);
        unexpectedExits++;
        PooledRequest request = worker.request();
        if (request != null && !worker.channel().isUndelivered()) {
            crashedInRequest(worker, request, how);
        } else if (request != null || worker.requests() > 0) {
            diagnostics.warn(worker + " exited while idle (" + how + ")");
        } else {
            supply.startFailed(
                    worker, PooledWorker.StartFailure.DIED, worker + " exited before its first request (" + how + ")");
        }
        if (request != null && !request.isDone()) {
            requeue(request);
        }
        dispatch();
    }

    /** Puts a request that was not delivered back at the head of the queue. */
    private void requeue(PooledRequest request) {
        List<PooledRequest> behind = List.copyOf(waiters);
        request.assign(null);
        waiters.clear();
        waiters.add(request);
        waiters.addAll(behind);
    }

    private void crashedInRequest(PooledWorker worker, PooledRequest request, String how) {
        String service = request.service();
        diagnostics.error(worker + " crashed in PAM service " + LogText.escape(service) + " (" + how
                + "): see what the module logged, or which program killed it");
        breakers.crashed(service, now());
        request.end(AuthResult.error("the PAM worker crashed (" + how + ")").measured(worker.elapsed()));
        if (breakers.isOpen(service, now())) {
            failWaiting(waiter -> waiter.service().equals(service), CRASH_LOOP);
        }
    }

    /** Cancels a request; see {@link PooledRequest#cancel}. */
    void cancel(PooledRequest request, boolean mayInterruptIfRunning) {
        assert loop.inEventLoop();
        PooledWorker worker = request.worker();
        if (waiters.remove(request)) {
            request.end(mayInterruptIfRunning ? NO_WORKER : WITHDRAWN);
        } else if (mayInterruptIfRunning && worker != null && worker.request() == request) {
            killed++;
            AuthResult result = KILLED.measured(worker.elapsed());
            supply.remove(worker);
            worker.release(false);
            worker.kill();
            breakers.notCrashed(request.service());
            request.end(result);
            dispatch();
        }
    }

    @Override
    public Load load() {
        return new Load(waiters.size(), supply.busy(), 0);
    }

    /** Takes a snapshot of the statistics on the event loop. */
    public CompletableFuture<PoolStatistics> statistics() {
        return CompletableFuture.supplyAsync(this::statisticsNow, loop);
    }

    PoolStatistics statisticsNow() {
        return new PoolStatistics(
                supply.size(), supply.readyCount(), new PoolStatistics.Lost(unexpectedExits, killed), health());
    }

    private PoolStatistics.Health health() {
        if (supply.mayNeedRestart()) {
            return failedWithNoStart ? PoolStatistics.Health.MAY_NEED_RESTART : PoolStatistics.Health.NOT_STARTABLE;
        }
        return breakers.anyCrashLooping() ? PoolStatistics.Health.CRASH_LOOPING : PoolStatistics.Health.GOOD;
    }

    /** Kills all workers; requests without an answer get an error. */
    @Override
    public void close() {
        CompletableFuture<@Nullable Void> stopped = CompletableFuture.runAsync(this::stop, loop);
        try {
            stopped.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            diagnostics.warn("PAM workers were not stopped cleanly: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        launcher.close();
    }

    /** Fails all requests, kills the workers, and accepts no more requests. */
    void stop() {
        closed = true;
        failWaiting(waiter -> true, STOPPED);
        for (PooledWorker worker : supply.stop()) {
            PooledRequest request = worker.request();
            if (request != null) {
                request.end(STOPPED);
            }
        }
    }
}
