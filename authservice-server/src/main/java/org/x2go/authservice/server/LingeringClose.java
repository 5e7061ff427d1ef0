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
 * Closes a refused or aborted connection so that the peer gets the reply, like nginx's lingering_close: it sends
 * {@code error}, shuts down the output, discards the peer's input for a short time, and then closes the connection.
 *
 * <p>Closing a socket with unread input resets the connection, and the peer may lose the last reply. X2Go's broker
 * would then check the password by itself.
 */
@Sharable
final class LingeringClose extends ChannelInboundHandlerAdapter {
    private static final LingeringClose INSTANCE = new LingeringClose();
    private static final long LINGER_MILLIS = 1000;

    private LingeringClose() {}

    /** Replaces the handlers of a connection, and closes it with {@code error}. Used on the event loop. */
    static void begin(Channel connection) {
        sendError(connection);
        if (connection instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        connection.config().setAutoRead(true);
        connection.eventLoop().schedule(() -> connection.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Sends {@code error} and closes at once, for when too many connections linger. Used on the event loop. */
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
        // The connection is being closed, so errors do not matter.
        ctx.close();
    }
}
