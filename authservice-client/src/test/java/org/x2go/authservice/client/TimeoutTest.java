package org.x2go.authservice.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.client.AuthServiceException.Kind;
import org.x2go.authservice.client.transport.ServerVerifier;

/** What happens when the service takes too long. */
@Timeout(60)
class TimeoutTest {
    private static final Duration SHORT = Duration.ofMillis(150);

    @TempDir
    Path directory;

    @Test
    void silentServiceTimesOut() throws Exception {
        try (FakeServer server = FakeServer.start(directory, FakeServer.Peer::awaitEnd);
                AuthClient client = impatient(server.socket())) {
            AuthServiceException failure = failureOf(client);
            assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(failure).hasMessage("The service at " + server.socket() + " did not answer within 150 ms");
            server.awaitAllClosed();
        }
    }

    @Test
    void incompleteAnswerTimesOut() throws Exception {
        FakeServer.Script half = peer -> {
            peer.read();
            peer.write("ok");
            peer.awaitEnd();
        };
        try (FakeServer server = FakeServer.start(directory, half);
                AuthClient client = impatient(server.socket())) {
            assertThat(failureOf(client).kind()).isEqualTo(Kind.TIMEOUT);
            server.awaitAllClosed();
        }
    }

    @Test
    void lateAnswerIsNotUsedForTheNextCall() throws Exception {
        CountDownLatch timedOut = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        FakeServer.Script firstIsLate = peer -> {
            if (peer.number() > 1) {
                peer.answerAll(user -> "fail\n");
                return;
            }
            peer.read();
            timedOut.await();
            try {
                peer.write("ok\n");
            } finally {
                written.countDown();
            }
        };
        try (FakeServer server = FakeServer.start(directory, firstIsLate);
                AuthClient client = AuthClient.builder()
                        .socket(server.socket())
                        .timeout(Duration.ofSeconds(2)) // enough for the second call, on a busy machine too
                        .build()) {
            assertThat(failureOf(client).kind()).isEqualTo(Kind.TIMEOUT);
            timedOut.countDown();
            written.await();
            assertThat(client.authenticate("mallory", "guess")).isFalse();
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void fullBacklogTimesOut() throws Exception {
        Path socket = directory.resolve("full.socket");
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                AuthClient client = impatient(socket)) {
            listener.bind(UnixDomainSocketAddress.of(socket), 1);
            fillBacklog(socket, waiting);
            assertThat(failureOf(client).kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(failureOf(client).kind()).isEqualTo(Kind.TIMEOUT);
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    @Test
    void queuedCallsTimeOut() throws Exception {
        try (FakeServer server = FakeServer.start(directory, FakeServer.Peer::awaitEnd);
                AuthClient client = AuthClient.builder()
                        .socket(server.socket())
                        .timeout(SHORT)
                        .maxConnections(2)
                        .build()) {
            List<CompletableFuture<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(client.authenticateAsync("alice", "secret"));
            }
            for (CompletableFuture<Boolean> answer : answers) {
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(answer::get)
                        .havingCause()
                        .isInstanceOfSatisfying(
                                AuthServiceException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
            }
        }
    }

    @Test
    void timeoutIncludesTheWaitForAConnection() throws Exception {
        AuthClientOptions options = new AuthClientOptions(
                UnixDomainSocketAddress.of(directory.resolve("none.socket")),
                ServerVerifier.allowing(null, null),
                SHORT,
                1,
                Duration.ofSeconds(1));
        ConnectionPool pool = new ConnectionPool(options);
        assertThat(pool.acquire(0)).isTrue();
        Call call = new Call(options, ByteBuffer.allocateDirect(8).put("request".getBytes(UTF_8)));
        AuthServiceException failure = catchThrowableOfType(AuthServiceException.class, () -> call.run(pool));
        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(failure).hasMessageStartingWith("The one connection ").hasMessageEndingWith("busy for 150 ms");
    }

    private static void fillBacklog(Path socket, List<SocketChannel> waiting) throws IOException {
        try {
            while (true) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                waiting.add(channel);
                channel.configureBlocking(false);
                channel.connect(UnixDomainSocketAddress.of(socket));
            }
        } catch (IOException e) {
            // "Resource temporarily unavailable": the next blocking connect will wait
        }
    }

    private static AuthServiceException failureOf(AuthClient client) {
        return catchThrowableOfType(AuthServiceException.class, () -> client.authenticate("alice", "secret"));
    }

    private static AuthClient impatient(Path socket) {
        return AuthClient.builder().socket(socket).timeout(SHORT).build();
    }
}
