package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.EnumMap;
import java.util.Map;
import org.x2go.authservice.protocol.RequestFormat;
import org.x2go.authservice.protocol.Verdict;

/** Writes a {@link Verdict} as its word and a newline. */
@Sharable
final class VerdictEncoder extends ChannelOutboundHandlerAdapter {
    private final Map<Verdict, ByteBuf> replies = new EnumMap<>(Verdict.class);

    VerdictEncoder() {
        for (Verdict verdict : Verdict.values()) {
            byte[] word = verdict.word().getBytes(US_ASCII);
            ByteBuf reply =
                    Unpooled.directBuffer(word.length + 1).writeBytes(word).writeByte(RequestFormat.TERMINATOR);
            replies.put(verdict, Unpooled.unreleasableBuffer(reply.asReadOnly()));
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ctx.write(msg instanceof Verdict verdict ? replies.get(verdict).duplicate() : msg, promise);
    }
}
