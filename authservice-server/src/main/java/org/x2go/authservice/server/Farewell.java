package org.x2go.authservice.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.protocol.Verdict;

/**
 * Ends a connection that is refused or cut short, so that its peer gets to see why: {@code error} is sent, our sending side
 * is shut down, what the peer sent is thrown away for a moment, and only then the connection is closed.
 *
 * <p>A socket that is closed while something lies unread in it is reset, and the peer may never see the last reply; X2Go's
 * own broker would then check the password by itself.
 */
final class Farewell extends ChannelInboundHandlerAdapter {
    private static final long MOMENT_MILLIS = 1000;

    private final long momentMillis;

    private Farewell(long momentMillis) {
        this.momentMillis = momentMillis;
    }

    /** Put alone into the pipeline of a connection that is refused, it ends it. */
    static Farewell toRefused() {
        return new Farewell(MOMENT_MILLIS);
    }

    /** The same, without a moment's time: for when there are too many that take it. */
    static Farewell toRefusedAtOnce() {
        return new Farewell(0);
    }

    /** Takes a connection over from the handlers that it has, and ends it with {@code error}. On the event loop. */
    static void bid(Channel connection) {
        take(connection, MOMENT_MILLIS);
    }

    private static void take(Channel connection, long momentMillis) {
        while (connection.pipeline().last() != null) {
            connection.pipeline().removeLast();
        }
        connection.pipeline().addLast(VerdictEncoder.INSTANCE, new Farewell(momentMillis));
        connection.writeAndFlush(Verdict.ERROR);
        if (momentMillis == 0) {
            connection.close();
            return;
        }
        if (connection instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        connection.config().setAutoRead(true);
        connection.eventLoop().schedule(() -> connection.close(), momentMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        take(ctx.channel(), momentMillis);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The peer is on its way out anyway, and what it does there is of no interest.
        ctx.close();
    }
}
