package org.x2go.authservice.worker.pool;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.worker.wire.Reply;

/**
 * A worker of a pool's, from its launch until it is gone: whether it is ready, and which request it has. Used on the event
 * loop.
 */
final class PooledWorker {
    /** A worker is ready in a tenth of that on an idle machine. */
    static final long START_TIMEOUT_SECONDS = 15;

    /** Why a start has come to nothing. */
    enum StartFailure {
        /** It could not be launched, or says that it cannot work: the reason says what would help. */
        REFUSED,
        /** It ended before it was of any use. */
        DIED,
        /** It was not ready in time, and is killed. */
        SLOW
    }

    private final WorkerPool pool;
    private final EventLoop loop;
    private final Future<?> startTimeout;
    private @Nullable WorkerChannel channel;
    private boolean ready;

    /** Whether nobody is to hear of it any more. */
    private boolean ended;

    /** How many more requests it may be given. */
    private int remaining;

    private int requests;

    /** Since when it has its request, or has had none. */
    private long since;

    private @Nullable PooledRequest request;

    /** One that is not launched yet. */
    PooledWorker(WorkerPool pool, EventLoop loop) {
        this.pool = pool;
        this.loop = loop;
        this.startTimeout = loop.schedule(this::expired, START_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Launches it. The pool's supply hears what has come of that, maybe before this returns. */
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

    /** It can take requests, but no more than so many. */
    void ready(int maxRequests) {
        if (ready) {
            throw new IllegalStateException("it was ready before");
        }
        startTimeout.cancel(false);
        ready = true;
        remaining = maxRequests;
        since = loop.ticker().nanoTime();
        pool.supply().started(this);
    }

    /** It says that it cannot work, and why not. */
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

    /** It has answered the request that it has. */
    void answered(Reply.Answer answer) {
        pool.answered(this, answer);
    }

    /** It is gone, and how it ended. */
    void closed(String how) {
        if (ready) {
            pool.closed(this, how);
        } else {
            startFailed(StartFailure.DIED, this + " ended before it was ready (" + how + ")");
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

    /** Whether it can be given another request, now or when it has answered. */
    boolean isReusable() {
        return remaining > 0 && channel().isActive();
    }

    /** How many requests it has been given. */
    int requests() {
        return requests;
    }

    /** For how long it has had its request, or none. */
    Duration elapsed() {
        return Duration.ofNanos(loop.ticker().nanoTime() - since);
    }

    /** Gives it a request. */
    void ask(PooledRequest next) {
        request = next;
        next.assign(this);
        remaining--;
        requests++;
        since = loop.ticker().nanoTime();
        channel().send(next.credentials(), next.peer());
    }

    /** It has its request no more. */
    void release(boolean reusable) {
        request = null;
        since = loop.ticker().nanoTime();
        if (!reusable) {
            remaining = 0;
        }
    }

    /** Lets it end by itself. Nobody hears of it any more. */
    void retire() {
        ended = true;
        channel().retire();
    }

    /** Ends it, whatever it is doing. Nobody hears of it any more. */
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
