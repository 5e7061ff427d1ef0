package org.x2go.authservice.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.protocol.Credentials;

/**
 * What a request costs between the socket and PAM, on one thread, without system calls. One benchmark ends with the
 * credentials, the other with the reply, without its log line. The connection is kept.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipelineBenchmark {
    private static final int MAX_REQUEST_BYTES = 4096;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final byte[] REQUEST = "bench\rsecret\rx2gobroker\n".getBytes(StandardCharsets.US_ASCII);

    private final WipingAllocator allocator =
            new WipingAllocator(MAX_REQUEST_BYTES, new MemoryBudget(Integer.MAX_VALUE));
    private EmbeddedChannel decoding;
    private EmbeddedChannel answering;

    @Setup(Level.Trial)
    public void connect() {
        decoding = connection();
        answering = connection();
        AuthServerConfig config = AuthServerConfig.builder(Path.of("unused"))
                .services(ServicePolicy.allowing(List.of("x2gobroker")))
                .build();
        ServerContext context = new ServerContext(
                config,
                (credentials, peer) -> {
                    credentials.close();
                    return CompletableFuture.completedFuture(AuthResult.ok());
                },
                answering.eventLoop());
        answering
                .pipeline()
                .addLast(
                        VerdictEncoder.INSTANCE,
                        new AuthenticationHandler(new PeerCredentials(1, 2, 3), context, SECOND));
        answering.pipeline().fireChannelActive();
    }

    private EmbeddedChannel connection() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAutoRead(false);
        ChannelHandler frames =
                new RequestFrameDecoder(MAX_REQUEST_BYTES, allocator, new TurnQueue(channel.eventLoop(), Duration.ZERO), new ReadTimeout(Duration.ZERO, SECOND));
        channel.pipeline().addLast(frames, CredentialDecoder.INSTANCE);
        return channel;
    }

    @TearDown(Level.Trial)
    public void disconnect() {
        decoding.finishAndReleaseAll();
        answering.finishAndReleaseAll();
    }

    @Benchmark
    public int decode() {
        decoding.read();
        decoding.writeInbound(request());
        try (Credentials credentials = decoding.readInbound()) {
            return credentials.password().remaining();
        }
    }

    @Benchmark
    public int answer() {
        answering.writeInbound(request());
        ByteBuf reply;
        while ((reply = answering.readOutbound()) == null) {
            answering.runPendingTasks();
        }
        int length = reply.readableBytes();
        reply.release();
        return length;
    }

    private ByteBuf request() {
        return allocator.directBuffer(MAX_REQUEST_BYTES).writeBytes(REQUEST);
    }
}
