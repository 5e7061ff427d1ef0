package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.x2go.authservice.protocol.RequestFormat;
import org.x2go.authservice.protocol.Verdict;

/** Writes a {@link Verdict} as its word and a newline. */
@Sharable
final class VerdictEncoder extends ChannelOutboundHandlerAdapter {
    /** The instance that all connections share. */
    static final VerdictEncoder INSTANCE = new VerdictEncoder();

    private static final Map<Verdict, ByteBuf> REPLIES =
            Arrays.stream(Verdict.values()).collect(Collectors.toMap(verdict -> verdict, VerdictEncoder::reply));

    private VerdictEncoder() {}

    private static ByteBuf reply(Verdict verdict) {
        byte[] word = verdict.word().getBytes(US_ASCII);
        ByteBuf reply = Unpooled.directBuffer(word.length + 1).writeBytes(word).writeByte(RequestFormat.TERMINATOR);
        return Unpooled.unreleasableBuffer(reply.asReadOnly());
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ByteBuf reply = msg instanceof Verdict verdict ? REPLIES.get(verdict) : null;
        ctx.write(reply == null ? msg : reply.duplicate(), promise);
    }
}
