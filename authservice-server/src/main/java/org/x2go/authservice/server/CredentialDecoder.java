package org.x2go.authservice.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.MalformedRequestException;
import org.x2go.authservice.protocol.RequestFormat;

/**
 * Decodes a line to {@link Credentials}, or to a {@link MalformedRequestException} in their place. The line is wiped
 * at once, since its buffer may be in use for longer.
 */
@Sharable
final class CredentialDecoder extends ChannelInboundHandlerAdapter {
    /** The instance that all connections share. */
    static final CredentialDecoder INSTANCE = new CredentialDecoder();

    private CredentialDecoder() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ctx.fireChannelRead(msg instanceof ByteBuf line ? decode(line) : msg);
    }

    private static Object decode(ByteBuf line) {
        try {
            return RequestFormat.parse(line.nioBuffer());
        } catch (MalformedRequestException e) {
            return e;
        } finally {
            line.setZero(line.readerIndex(), line.readableBytes());
            line.release();
        }
    }
}
