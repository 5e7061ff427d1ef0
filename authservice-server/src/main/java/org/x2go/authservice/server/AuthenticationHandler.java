package org.x2go.authservice.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.MalformedRequestException;
import org.x2go.authservice.protocol.Verdict;

/**
 * Answers the requests of one connection, one after the other: the next is asked for only when the reply to the one before
 * has been written. It runs on the event loop and never waits; what decides is an {@link Attempt}.
 */
final class AuthenticationHandler extends ChannelInboundHandlerAdapter {
    /** Sent through a pipeline: answer the request in flight, if there is one, and then close the connection. */
    static final Object STOP = new Object();

    private static final Logger log = LogManager.getLogger(AuthenticationHandler.class);

    private final PeerCredentials peer;
    private final Verifier verifier;

    private @Nullable Attempt attempt;
    private boolean answering;
    private boolean stopping;

    AuthenticationHandler(PeerCredentials peer, Verifier verifier) {
        this.peer = peer;
        this.verifier = verifier;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        answering = true;
        if (msg instanceof Credentials credentials) {
            attempt = new Attempt(verifier, credentials, peer, verdict -> reply(ctx, verdict));
            attempt.start();
        } else {
            RequestLog.malformed(((MalformedRequestException) msg).reason(), peer);
            reply(ctx, Verdict.BAD);
        }
    }

    private void reply(ChannelHandlerContext ctx, Verdict verdict) {
        attempt = null;
        ctx.writeAndFlush(verdict).addListener(written -> replied(ctx, written.isSuccess()));
    }

    private void replied(ChannelHandlerContext ctx, boolean written) {
        answering = false;
        if (written && !stopping) {
            ctx.read();
        } else {
            ctx.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == STOP) {
            stopping = true;
            if (!answering) {
                ctx.close();
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (attempt != null) {
            attempt.abandon();
            attempt = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("A connection broke: {}", cause.toString());
        } else {
            log.error("A connection is closed because of a fault in this program", cause);
        }
        ctx.close();
    }
}
