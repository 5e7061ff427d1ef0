package org.x2go.authservice.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.MalformedRequestException;
import org.x2go.authservice.protocol.Verdict;

/**
 * Answers the requests of one connection, one at a time: it reads the next request when the reply to the previous one
 * has been written. It runs on the event loop and never blocks; an {@link Attempt} decides.
 */
final class AuthenticationHandler extends ChannelInboundHandlerAdapter {
    /**
     * A pipeline event: answer the request in flight or in transit, if there is one, and then close the connection.
     */
    static final Object STOP = new Object();

    /** How long a stop waits for the first request of a connected peer. */
    private static final long ON_ITS_WAY_MILLIS = 1000;

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private static final Logger LOG = LogManager.getLogger(AuthenticationHandler.class);

    private final PeerCredentials peer;
    private final ServerContext context;
    private final Duration sendTimeout;

    private @Nullable Attempt attempt;
    private boolean answering;
    private boolean answered;
    private boolean stopping;

    AuthenticationHandler(PeerCredentials peer, ServerContext context, Duration sendTimeout) {
        this.peer = peer;
        this.context = context;
        this.sendTimeout = sendTimeout;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        answering = true;
        if (msg instanceof Credentials credentials) {
            attempt = new Attempt(
                    context, credentials, peer, verdict -> reply(ctx, verdict), () -> isPeerClosed(ctx.channel()));
            if (!attempt.start()) {
                LingeringClose.begin(ctx.channel());
            }
        } else {
            refuse(ctx, ((MalformedRequestException) msg).reason());
        }
    }

    private void refuse(ChannelHandlerContext ctx, MalformedRequestException.Reason reason) {
        if (stopping && reason == MalformedRequestException.Reason.CUT_OFF) {
            // This end has closed the input, not the peer.
            reply(ctx, Verdict.ERROR);
            return;
        }
        context.counters().malformed();
        if (context.refusals().tryAcquire(Verdict.BAD, reason.text(), peer)) {
            RequestLog.malformed(reason, peer);
        }
        reply(ctx, Verdict.BAD);
    }

    private void reply(ChannelHandlerContext ctx, Verdict verdict) {
        attempt = null;
        ChannelFuture written = ctx.writeAndFlush(verdict);
        if (!written.isDone()) {
            // The peer has not read hundreds of kilobytes of replies.
            Future<?> timer = ctx.executor().schedule(() -> ctx.close(), sendTimeout.toNanos(), TimeUnit.NANOSECONDS);
            written.addListener(done -> timer.cancel(false));
        }
        written.addListener(done -> replied(ctx, done.isSuccess()));
    }

    private void replied(ChannelHandlerContext ctx, boolean written) {
        answering = false;
        answered = true;
        if (!written) {
            ctx.close();
        } else if (stopping) {
            endInput(ctx);
        } else {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == STOP) {
            stop(ctx);
        } else if (event instanceof ChannelInputShutdownEvent && answering && isPeerClosed(ctx.channel())) {
            ctx.close();
        }
    }

    private void stop(ChannelHandlerContext ctx) {
        stopping = true;
        if (answered && !answering) {
            endInput(ctx);
        } else if (!answering) {
            ctx.executor().schedule(() -> endUnlessAsked(ctx), ON_ITS_WAY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Answers what the peer has sent so far, and then closes the connection. The kernel refuses later requests
     * (EPIPE), so that the peer knows that they were not read and can safely send them again.
     */
    private static void endInput(ChannelHandlerContext ctx) {
        if (ctx.channel() instanceof DuplexChannel duplex) {
            duplex.shutdownInput();
        }
        ctx.read();
    }

    private void endUnlessAsked(ChannelHandlerContext ctx) {
        if (!answering && !ctx.isRemoved()) {
            // A request that still arrives gets {@code error}.
            LingeringClose.begin(ctx.channel());
        }
    }

    /**
     * Tells a closed connection from one whose peer has only shut down its output. Both end the input; but only on a
     * closed one even an empty write fails.
     */
    private static boolean isPeerClosed(Channel connection) {
        if (!connection.isActive()) {
            return true;
        }
        if (!(connection instanceof UnixChannel unix)) {
            return false;
        }
        try {
            unix.fd().write(NOTHING, 0, 0);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (attempt != null) {
            attempt.abandon();
            attempt = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("Connection failed: {}", cause.toString());
            ctx.close();
        } else if (cause instanceof OutOfMemoryError) {
            LOG.error("Out of memory; closing the connection: {}", cause.toString());
            // This closes the connection. The program's exception handler decides about the process.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, cause);
            LingeringClose.begin(ctx.channel());
        } else {
            LOG.error("Unexpected exception; closing the connection", cause);
            LingeringClose.begin(ctx.channel());
        }
    }
}
