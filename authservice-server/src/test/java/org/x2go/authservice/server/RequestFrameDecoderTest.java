package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.protocol.MalformedRequestException;

class RequestFrameDecoderTest {
    private static final int LIMIT = 16;

    /** Counts how often the socket is asked for bytes. */
    private static final class Socket extends ChannelOutboundHandlerAdapter {
        private int reads;

        @Override
        public void read(ChannelHandlerContext ctx) {
            reads++;
        }
    }

    private final WipingAllocator allocator = new WipingAllocator(LIMIT, new MemoryBudget(1 << 20));
    private final List<String> lines = new ArrayList<>();

    /** Notes each line, and asks for the next at once if told to. */
    private final class Reader extends ChannelInboundHandlerAdapter {
        private final boolean eager;

        Reader(boolean eager) {
            this.eager = eager;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof ByteBuf line) {
                lines.add(line.toString(ISO_8859_1));
                line.release();
            } else {
                lines.add("!" + ((MalformedRequestException) msg).reason());
            }
            if (eager) {
                ctx.read();
            }
        }
    }

    private EmbeddedChannel channel(boolean eager) {
        EmbeddedChannel channel = new EmbeddedChannel();
        return channel(channel, new TurnQueue(channel.eventLoop(), Duration.ZERO), eager);
    }

    private EmbeddedChannel channel(EmbeddedChannel channel, TurnQueue turns, boolean eager) {
        channel.freezeTime();
        channel.config().setAutoRead(false);
        channel.pipeline()
                .addLast(
                        new RequestFrameDecoder(LIMIT, allocator, turns, new ReadTimeout(Duration.ZERO, Duration.ZERO)),
                        new Reader(eager));
        return channel;
    }

    private void send(EmbeddedChannel channel, String bytes) {
        for (int from = 0; from < bytes.length(); from += LIMIT) {
            String piece = bytes.substring(from, Math.min(bytes.length(), from + LIMIT));
            channel.writeInbound(allocator.directBuffer(LIMIT).writeBytes(piece.getBytes(ISO_8859_1)));
        }
    }

    private List<String> linesOf(String... pieces) {
        lines.clear();
        EmbeddedChannel channel = channel(true);
        channel.read();
        for (String piece : pieces) {
            send(channel, piece);
        }
        channel.finishAndReleaseAll();
        return List.copyOf(lines);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\rb\rc\n",
                "a\rb\rc\nd\re\rf\n",
                "\n",
                "\n\n\n\n",
                "one\r\n",
                "\r\r\r\n\r\n",
                "123456789012345\n",
                "1234567890123456\nnext\n",
                "12345678901234567890123456789012345678901234567890\nnext\n",
                "ab\n123456789012345\n1234567890123456\n\n",
                "no end"
            })
    void linesAreTheSameHoweverBytesAreSplit(String bytes) {
        List<String> whole = linesOf(bytes);
        for (int first = 0; first <= bytes.length(); first++) {
            for (int second = first; second <= bytes.length(); second++) {
                assertThat(linesOf(bytes.substring(0, first), bytes.substring(first, second), bytes.substring(second)))
                        .as("split at %d and %d", first, second)
                        .isEqualTo(whole);
            }
        }
        assertThat(linesOf(bytes.split("(?s)(?<=.)", -1))).isEqualTo(whole);
    }

    @Test
    void carriageReturnBeforeTheNewlineIsKept() {
        assertThat(linesOf("user\rpass\r\n")).containsExactly("user\rpass\r");
    }

    @Test
    void lineAtTheLimitIsAccepted() {
        assertThat(linesOf("123456789012345\n")).containsExactly("123456789012345");
    }

    @Test
    void lineBeyondTheLimitIsBadAndTheNextIsRead() {
        assertThat(linesOf("1234567890123456\nab\n")).containsExactly("!TOO_LONG", "ab");
    }

    @Test
    void rejectedLineIsWipedBeforeTheNextIsRead() {
        EmbeddedChannel channel = channel(true);
        channel.read();
        send(channel, "1234567890123456");
        ByteBuf rest = allocator.directBuffer(LIMIT).writeBytes("end\nab".getBytes(ISO_8859_1));
        channel.writeInbound(rest);
        assertThat(lines).containsExactly("!TOO_LONG");
        assertThat(rest.toString(0, 6, ISO_8859_1)).isEqualTo("\0\0\0\nab");
        channel.finishAndReleaseAll();
    }

    @Test
    void eachReadGetsOneLine() {
        EmbeddedChannel channel = channel(false);
        send(channel, "a\nb\nc\n");
        assertThat(lines).isEmpty();
        channel.read();
        assertThat(lines).containsExactly("a");
        channel.read();
        assertThat(lines).containsExactly("a", "b");
        channel.finishAndReleaseAll();
    }

    @Test
    void socketIsReadAheadWhileNothingIsBuffered() {
        Socket socket = new Socket();
        EmbeddedChannel channel = channel(false);
        channel.pipeline().addFirst(socket);
        channel.read();
        send(channel, "a\n");
        assertThat(lines).containsExactly("a");
        assertThat(socket.reads).isEqualTo(2);
        channel.finishAndReleaseAll();
    }

    @Test
    void onlyOneReadIsBuffered() {
        Socket socket = new Socket();
        EmbeddedChannel channel = channel(false);
        channel.pipeline().addFirst(socket);
        channel.read();
        send(channel, "a\n");
        int asked = socket.reads;
        send(channel, "b\nc\n");
        assertThat(lines).containsExactly("a");
        assertThat(socket.reads).isEqualTo(asked);
        channel.read();
        assertThat(lines).containsExactly("a", "b");
        assertThat(socket.reads).isEqualTo(asked);
        channel.read();
        assertThat(lines).containsExactly("a", "b", "c");
        assertThat(socket.reads).isEqualTo(asked + 1);
        channel.finishAndReleaseAll();
    }

    @Test
    void endOfInputClosesAfterTheLastLine() {
        EmbeddedChannel channel = channel(false);
        send(channel, "a\nb\n");
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        channel.read();
        channel.read();
        assertThat(lines).containsExactly("a", "b");
        assertThat(channel.isOpen()).isTrue();
        channel.read();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void unterminatedLineIsReported() {
        EmbeddedChannel channel = channel(true);
        channel.read();
        send(channel, "a\nhalf");
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(lines).containsExactly("a", "!CUT_OFF");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void manyEmptyLinesNeedNoRecursion() {
        assertThat(linesOf("\n".repeat(100_000))).hasSize(100_000);
    }

    @Test
    void pipeliningConnectionYieldsAfterAFewLines() {
        EmbeddedChannel loop = new EmbeddedChannel();
        loop.freezeTime();
        TurnQueue turns = new TurnQueue(loop.eventLoop(), Duration.ZERO);
        EmbeddedChannel ahead = channel(new EmbeddedChannel(), turns, true);
        EmbeddedChannel other = channel(new EmbeddedChannel(), turns, true);
        ahead.read();
        other.read();
        for (int i = 0; i < 5; i++) {
            send(ahead, "a\na\na\na\na\na\na\na\n");
        }
        assertThat(lines).as("the first at once").containsExactly("a");
        send(other, "b\nb\n");
        assertThat(lines).as("a new connection's first at once").containsExactly("a", "b");
        loop.runPendingTasks();
        assertThat(lines).hasSize(42);
        assertThat(lines.lastIndexOf("b")).isEqualTo(2 + 8);
        ahead.finishAndReleaseAll();
        other.finishAndReleaseAll();
    }

    @Test
    void fragmentedRequestYieldsBetweenItsPieces() {
        Socket socket = new Socket();
        EmbeddedChannel loop = new EmbeddedChannel();
        loop.freezeTime();
        EmbeddedChannel channel = channel(new EmbeddedChannel(), new TurnQueue(loop.eventLoop(), Duration.ZERO), true);
        channel.pipeline().addFirst(socket);
        channel.read();
        int asked = socket.reads;
        send(channel, "a");
        assertThat(socket.reads).isEqualTo(asked);
        loop.runPendingTasks();
        assertThat(socket.reads).isEqualTo(asked + 1);
        channel.finishAndReleaseAll();
    }
}
