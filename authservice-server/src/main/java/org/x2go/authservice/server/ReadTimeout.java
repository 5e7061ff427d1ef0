package org.x2go.authservice.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts of a connection for the start of a request and for its rest. One runs at a time; used on the event loop.
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

    /** Creates the timeouts for the start of a request and for its rest; zero is infinite. */
    ReadTimeout(Duration toBegin, Duration toFinish) {
        this.toBegin = toBegin;
        this.toFinish = toFinish;
    }

    /** Starts the timeout for the start of a request. */
    void awaitRequest(ChannelHandlerContext ctx) {
        await(ctx, Wait.TO_BEGIN, toBegin, ctx::close);
    }

    /** Starts the timeout for the rest of a request, unless it runs already. */
    void awaitRest(ChannelHandlerContext ctx) {
        await(ctx, Wait.TO_FINISH, toFinish, () -> LingeringClose.begin(ctx.channel()));
    }

    /** Stops the timeout. */
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
