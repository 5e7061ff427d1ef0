package org.x2go.authservice.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
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
@Sharable
final class LingeringClose extends ChannelInboundHandlerAdapter {
    private static final LingeringClose INSTANCE = new LingeringClose();
    private static final long LINGER_MILLIS = 1000;

    private LingeringClose() {}

    /** Takes a connection over from the handlers that it has, and ends it with {@code error}. On the event loop. */
    static void begin(Channel connection) {
        sendError(connection);
        if (connection instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        connection.config().setAutoRead(true);
        connection.eventLoop().schedule(() -> connection.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends a connection with {@code error} at once: for when too many linger. On the event loop. */
    static void withoutLinger(Channel connection) {
        sendError(connection);
        connection.close();
    }

    private static void sendError(Channel connection) {
        while (connection.pipeline().last() != null) {
            connection.pipeline().removeLast();
        }
        connection.pipeline().addLast(VerdictEncoder.INSTANCE, INSTANCE);
        connection.writeAndFlush(Verdict.ERROR);
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
