package org.x2go.authservice.worker.pool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.RecordingDiagnostics;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.Reply.Disposition;

/** A pool with a clock and workers that the test controls. */
final class FakeWorkers implements WorkerLauncher {
    static final PeerCredentials PEER = new PeerCredentials(1, 2, 3);

    final RecordingDiagnostics diagnostics = new RecordingDiagnostics();
    final EmbeddedChannel clock = new EmbeddedChannel();
    final List<Launch> launches = new ArrayList<>();
    final WorkerPool pool;

    FakeWorkers(int maxWorkers, int maxWaiting) {
        clock.freezeTime();
        pool = new WorkerPool(clock.eventLoop(), this, maxWorkers, maxWaiting, diagnostics);
        pool.supply().begin();
    }

    @Override
    public CompletionStage<WorkerChannel> launch(EventLoop loop) {
        Launch launch = new Launch();
        launches.add(launch);
        return launch.future;
    }

    @Override
    public void close() {}

    static void assertWiped(PooledRequest request) {
        assertThatThrownBy(() -> request.credentials().password()).isInstanceOf(IllegalStateException.class);
    }

    static String reason(CompletableFuture<AuthResult> request) {
        return ended(request).reason();
    }

    static Verdict verdict(CompletableFuture<AuthResult> request) {
        return ended(request).verdict();
    }

    private static AuthResult ended(CompletableFuture<AuthResult> request) {
        assertThat(request).isDone();
        return request.join();
    }

    /** The last one that was launched. */
    Launch last() {
        return launches.get(launches.size() - 1);
    }

    /** The last worker, ready for any number of requests. */
    Worker ready() {
        return last().arrive().ready(Integer.MAX_VALUE);
    }

    void advanceTimeBy(Duration time) {
        clock.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        clock.runScheduledPendingTasks();
    }

    PooledRequest ask(String user, String service) {
        Credentials credentials = Credentials.copyOf(user, ISO_8859_1.encode("secret"), service);
        return (PooledRequest) pool.authenticate(credentials, PEER);
    }

    PooledRequest ask(String user) {
        return ask(user, "service");
    }

    /** A start. */
    final class Launch {
        final CompletableFuture<WorkerChannel> future = new CompletableFuture<>();

        void refuse(String reason) {
            future.completeExceptionally(new IOException(reason));
        }

        /** Connects the worker, which is not ready yet. */
        Worker arrive() {
            return arrive(null);
        }

        Worker arrive(@Nullable WorkerProcess process) {
            Worker worker = new Worker(process);
            future.complete(worker.serviceEnd);
            return worker;
        }
    }

    /** The worker's end of a channel. */
    final class Worker {
        final EmbeddedChannel channel = new EmbeddedChannel();
        final WorkerChannel serviceEnd;

        /** The number of the request that it has, or had last; 0 if it never had one. */
        int number;

        int requestCount;
        boolean broken;

        /** Whether it reads nothing; then what the service has sent stays here. */
        boolean stalled;

        @Nullable
        ByteBuf unread;

        private @Nullable ChannelPromise pendingWrite;

        Worker(@Nullable WorkerProcess process) {
            channel.freezeTime();
            serviceEnd = WorkerChannel.over(channel, process, diagnostics);
            channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext ctx, Object frame, ChannelPromise promise) {
                    if (broken) {
                        ((ByteBuf) frame).release();
                        promise.setFailure(new IOException("Broken pipe"));
                        return;
                    }
                    if (stalled) {
                        unread = (ByteBuf) frame;
                        pendingWrite = promise;
                        return;
                    }
                    number = ((ByteBuf) frame).getInt(Integer.BYTES);
                    requestCount++;
                    ((ByteBuf) frame).release();
                    promise.setSuccess();
                }

                @Override
                public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
                    if (pendingWrite != null) {
                        pendingWrite.setFailure(new ClosedChannelException());
                        pendingWrite = null;
                    }
                    ctx.close(promise);
                }
            });
        }

        Worker say(Reply reply) {
            ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + Reply.MAX_BODY);
            reply.encode(frame);
            channel.writeInbound(Unpooled.wrappedBuffer(frame.flip()));
            return this;
        }

        Worker ready(int maxRequests) {
            return say(new Reply.Ready(maxRequests));
        }

        void answer(AuthResult result, Disposition disposition) {
            say(new Reply.Answer(number, result, disposition));
        }

        void answer() {
            answer(AuthResult.ok(), Disposition.REUSE);
        }

        void die() {
            channel.close();
        }

        boolean isOpen() {
            return channel.isOpen();
        }
    }
}
