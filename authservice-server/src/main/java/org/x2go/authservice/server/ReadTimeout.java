package org.x2go.authservice.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection is waited for: to begin a request, or to finish it. One wait at a time; used on the
 * event loop.
 */
final class ReadTimeout {
    private enum Wait {
        NONE,
        TO_BEGIN,
        TO_FINISH
    }

    private final Duration toBegin;
    private final Duration toFinish;

    private Wait wait = Wait.NONE;
    private @Nullable Future<?> timer;

    /** The time to begin a request and the time to finish it; zero is for ever. */
    ReadTimeout(Duration toBegin, Duration toFinish) {
        this.toBegin = toBegin;
        this.toFinish = toFinish;
    }

    /** The peer is to begin a request. */
    void awaitRequest(ChannelHandlerContext ctx) {
        await(ctx, Wait.TO_BEGIN, toBegin, ctx::close);
    }

    /** The peer is to finish what it has begun, counted from the first time that this is said. */
    void awaitRest(ChannelHandlerContext ctx) {
        await(ctx, Wait.TO_FINISH, toFinish, () -> LingeringClose.begin(ctx.channel()));
    }

    /** The peer is waited for no longer. */
    void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        wait = Wait.NONE;
    }

    private void await(ChannelHandlerContext ctx, Wait next, Duration time, Runnable otherwise) {
        if (wait == next) {
            return;
        }
        cancel();
        wait = next;
        if (!time.isZero()) {
            timer = ctx.executor().schedule(otherwise, time.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
