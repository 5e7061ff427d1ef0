package org.x2go.authservice.worker.pool;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.worker.wire.Reply;

/**
 * A worker of a pool, from its launch to its exit: whether it is ready, and which request it has. Used on the event
 * loop.
 */
final class PooledWorker {
    /** Ten times what a start takes on an idle machine. */
    static final long START_TIMEOUT_SECONDS = 15;

    /** Why a start failed. */
    enum StartFailure {
        /** It could not be launched, or reported a startup failure; the reason says what to do. */
        REFUSED,
        /** It exited before its first request. */
        DIED,
        /** It was not ready in time, and was killed. */
        SLOW
    }

    private final WorkerPool pool;
    private final EventLoop loop;
    private final Future<?> startTimeout;
    private @Nullable WorkerChannel channel;
    private boolean ready;

    /** Whether the pool has removed it, so that later events are ignored. */
    private boolean ended;

    /** How many more requests it may get. */
    private int remaining;

    private int requests;

    /** The time when it got its request, or became idle. */
    private long since;

    private @Nullable PooledRequest request;

    /** Creates a worker that is not launched yet. */
    PooledWorker(WorkerPool pool, EventLoop loop) {
        this.pool = pool;
        this.loop = loop;
        this.startTimeout = loop.schedule(this::expired, START_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Launches the worker and reports the result to the pool's supply, maybe before this returns. */
    void launch(WorkerLauncher launcher) {
        var unused = launcher.launch(loop).whenComplete((launched, failure) -> {
            if (failure == null) {
                launched(launched);
            } else {
                startFailed(StartFailure.REFUSED, String.valueOf(failure.getMessage()));
            }
        });
    }

    private void launched(WorkerChannel launched) {
        if (ended) {
            launched.kill();
        } else {
            channel = launched;
            launched.open(this);
        }
    }

    /** Called when the worker is ready for this many requests. */
    void ready(int maxRequests) {
        if (ready) {
            throw new IllegalStateException("it was ready before");
        }
        startTimeout.cancel(false);
        ready = true;
        remaining = maxRequests;
        since = loop.ticker().nanoTime();
        pool.supply().onReady(this);
    }

    /** Called when the worker reports a startup failure. */
    void startupFailed(String reason) {
        if (ready) {
            throw new IllegalStateException("it was ready before it failed to start: " + reason);
        }
        startFailed(StartFailure.REFUSED, reason);
    }

    private void expired() {
        startFailed(
                StartFailure.SLOW,
                (channel == null ? "it" : channel) + " was not ready within " + START_TIMEOUT_SECONDS + " s");
    }

    private void startFailed(StartFailure failure, String reason) {
        if (!ended) {
            kill();
            pool.supply().startFailed(this, failure, reason);
        }
    }

    /** Called when the worker has answered its request. */
    void answered(Reply.Answer answer) {
        pool.answered(this, answer);
    }

    /** Called when the worker has exited, with a text that says how. */
    void exited(String how) {
        if (ready) {
            pool.workerExited(this, how);
        } else {
            startFailed(StartFailure.DIED, this + " exited before it was ready (" + how + ")");
        }
    }

    WorkerChannel channel() {
        return Objects.requireNonNull(channel, "launched");
    }

    /** The request that it has, or null. */
    @Nullable
    PooledRequest request() {
        return request;
    }

    /** Whether it can get another request, now or after its answer. */
    boolean isReusable() {
        return remaining > 0 && channel().isActive();
    }

    /** How many requests it got. */
    int requests() {
        return requests;
    }

    /** How long it has been busy or idle. */
    Duration elapsed() {
        return Duration.ofNanos(loop.ticker().nanoTime() - since);
    }

    /** Sends it a request. */
    void ask(PooledRequest next) {
        request = next;
        next.assign(this);
        remaining--;
        requests++;
        since = loop.ticker().nanoTime();
        channel().send(next.credentials(), next.peer());
    }

    /** Takes its request away from it. */
    void release(boolean reusable) {
        request = null;
        since = loop.ticker().nanoTime();
        if (!reusable) {
            remaining = 0;
        }
    }

    /** Closes its channel so that it exits. Later events are ignored. */
    void retire() {
        ended = true;
        channel().retire();
    }

    /** Kills it. Later events are ignored. */
    void kill() {
        ended = true;
        startTimeout.cancel(false);
        if (channel != null) {
            channel.kill();
        }
    }

    @Override
    public String toString() {
        return String.valueOf(channel);
    }
}
