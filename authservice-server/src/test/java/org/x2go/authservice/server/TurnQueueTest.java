package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TurnQueueTest {
    @Test
    void turnsRunInOrder() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        TurnQueue queue = new TurnQueue(channel.eventLoop(), Duration.ZERO);
        List<String> run = new ArrayList<>();
        queue.add(() -> {
            run.add("a");
            queue.add(() -> run.add("a again"));
        });
        queue.add(() -> run.add("b"));
        assertThat(run).isEmpty();
        channel.runPendingTasks();
        assertThat(run).containsExactly("a", "b", "a again");
    }

    @Test
    void throwingTurnDoesNotStopOthers() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        TurnQueue queue = new TurnQueue(channel.eventLoop(), Duration.ZERO);
        List<String> run = new ArrayList<>();
        queue.add(() -> {
            throw new IllegalStateException("a fault");
        });
        queue.add(() -> run.add("b"));
        channel.runPendingTasks();
        assertThat(run).containsExactly("b");
    }

    /** Turns without end, one of which has a byte sent to this event loop. */
    private static final class Busy implements Runnable {
        private static final int SENDING = 10;

        private final TurnQueue queue;
        private final SocketChannel peer;
        private int turns;
        private boolean stopped;

        Busy(TurnQueue queue, SocketChannel peer) {
            this.queue = queue;
            this.peer = peer;
        }

        @Override
        public void run() {
            if (++turns == SENDING) {
                try {
                    peer.write(ByteBuffer.wrap(new byte[1]));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            if (!stopped) {
                queue.add(this);
            }
        }
    }

    @Test
    void socketsArePolledBetweenTurns(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("socket");
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        CompletableFuture<Busy> busy = new CompletableFuture<>();
        CompletableFuture<Integer> turnsUntilRead = new CompletableFuture<>();
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            new Bootstrap()
                    .group(loops)
                    .channel(EpollDomainSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext ctx, Object msg) {
                            ReferenceCountUtil.release(msg);
                            Busy turn = busy.join();
                            turn.stopped = true;
                            turnsUntilRead.complete(turn.turns - Busy.SENDING);
                        }
                    })
                    .connect(new DomainSocketAddress(path.toString()))
                    .syncUninterruptibly();
            try (SocketChannel peer = listener.accept()) {
                TurnQueue queue = new TurnQueue(loops.next(), Duration.ZERO);
                loops.next().execute(() -> {
                    busy.complete(new Busy(queue, peer));
                    queue.add(busy.join());
                });
                assertThat(turnsUntilRead.get(30, TimeUnit.SECONDS)).isLessThanOrEqualTo(2);
            }
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
