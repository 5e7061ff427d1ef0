package org.x2go.authservice.worker.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.worker.wire.Reply;

/** A worker of a pool's that has been ready, and what the pool keeps of it. Used on the event loop. */
final class PooledWorker implements WorkerChannel.Listener {
    private final WorkerPool pool;
    private final WorkerChannel channel;

    /** How many more requests it may be given. */
    private int remaining;

    private int requests;

    /** Since when it has its request, or has had none. */
    private long since;

    private @Nullable PooledRequest request;

    PooledWorker(WorkerPool pool, WorkerChannel channel, int maxRequests, long now) {
        this.pool = pool;
        this.channel = channel;
        this.remaining = maxRequests;
        this.since = now;
        channel.listen(this);
    }

    WorkerChannel channel() {
        return channel;
    }

    /** The request that it has, or null. */
    @Nullable
    PooledRequest request() {
        return request;
    }

    /** Whether it can be given another request, now or when it has answered. */
    boolean isReusable() {
        return remaining > 0 && channel.isActive();
    }

    /** Whether it has been given a request, ever. */
    boolean wasUsed() {
        return requests > 0;
    }

    /** Whether it has answered its first request just now. */
    boolean isProved() {
        return requests == 1;
    }

    /** For how long it has had its request, or none. */
    Duration elapsed(long now) {
        return Duration.ofNanos(now - since);
    }

    /** Gives it a request. */
    void ask(PooledRequest next, long now) {
        request = next;
        next.assign(this);
        remaining--;
        requests++;
        since = now;
        channel.send(next.credentials(), next.peer());
    }

    /** It has its request no more. */
    void release(boolean reusable, long now) {
        request = null;
        since = now;
        if (!reusable) {
            remaining = 0;
        }
    }

    @Override
    public void ready(int maxRequests) {
        throw new IllegalStateException("it was ready before");
    }

    @Override
    public void startupFailed(String reason) {
        throw new IllegalStateException("it was ready before it failed to start: " + reason);
    }

    @Override
    public void answered(Reply.Answer answer) {
        pool.answered(this, answer);
    }

    @Override
    public void closed(String how) {
        pool.closed(this, how);
    }
}
