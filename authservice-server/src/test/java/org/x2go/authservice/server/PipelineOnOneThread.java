package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.protocol.Credentials;

/** A connection's whole pipeline, event loop and authenticator included, on the thread that calls it. */
final class PipelineOnOneThread {
    private final int maxRequestBytes;
    private final AuthServerConfig config;
    private final Authenticator authenticator;

    PipelineOnOneThread(int maxRequestBytes, Iterable<String> services, Authenticator authenticator) {
        this.maxRequestBytes = maxRequestBytes;
        this.config = AuthServerConfig.builder(Path.of("unused"))
                .limit(Limit.MAX_REQUEST_BYTES, maxRequestBytes)
                .services(ServicePolicy.allowing(services))
                .build();
        this.authenticator = authenticator;
    }

    /** The replies to a peer that sends these pieces, shuts down its output and reads until the connection ends. */
    String repliesTo(List<byte[]> pieces) {
        EmbeddedChannel channel = new EmbeddedChannel();
        ServerContext context = new ServerContext(config, this::ask, channel.eventLoop());
        try {
            channel.freezeTime();
            channel.config().setAutoRead(false);
            WipingAllocator allocator = new WipingAllocator(maxRequestBytes, context.memory());
            channel.pipeline()
                    .addLast(
                            new RequestFrameDecoder(
                                    maxRequestBytes,
                                    allocator,
                                    new TurnQueue(channel.eventLoop(), Duration.ZERO),
                                    new ReadTimeout(Duration.ZERO, Duration.ofSeconds(1))),
                            CredentialDecoder.INSTANCE,
                            VerdictEncoder.INSTANCE,
                            new AuthenticationHandler(new PeerCredentials(1, 2, 3), context, Duration.ofSeconds(1)));
            channel.pipeline().fireChannelActive();
            for (byte[] piece : pieces) {
                channel.writeInbound(allocator.directBuffer(maxRequestBytes).writeBytes(piece));
            }
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            channel.runPendingTasks();
            channel.checkException();
            return replies(channel) + (channel.isOpen() ? "<not closed>" : "");
        } finally {
            channel.finishAndReleaseAll();
            assertThat(context.memory().reserved())
                    .as("memory for peers that was not given back")
                    .isZero();
        }
    }

    private CompletionStage<AuthResult> ask(Credentials credentials, PeerCredentials peer) {
        try (credentials) {
            return CompletableFuture.completedFuture(authenticator.authenticate(credentials, peer));
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static String replies(EmbeddedChannel channel) {
        StringBuilder replies = new StringBuilder();
        for (ByteBuf reply = channel.readOutbound(); reply != null; reply = channel.readOutbound()) {
            replies.append(reply.toString(ISO_8859_1));
            reply.release();
        }
        return replies.toString();
    }
}
