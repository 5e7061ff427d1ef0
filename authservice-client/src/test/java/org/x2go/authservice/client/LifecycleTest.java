package org.x2go.authservice.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.client.AuthServiceException.Kind;
import org.x2go.authservice.client.transport.ServerVerifier;

/** Interrupting, cancelling, closing. */
@Timeout(60)
@SuppressWarnings("try") // closing more than once, and early, is what is tested
class LifecycleTest {
    @TempDir
    Path directory;

    private final Semaphore asked = new Semaphore(0);

    /** Never answers the user "hang"; answers every other user "ok". */
    private final FakeServer.Script hanging = peer -> {
        for (String request = peer.read(); request != null; request = peer.read()) {
            asked.release();
            if (!request.startsWith("hang")) {
                peer.write("ok\n");
            }
        }
    };

    @AfterEach
    void noThreadRemains() throws InterruptedException {
        ClientThreads.awaitNone();
    }

    @Test
    void interruptEndsACall() throws Exception {
        try (FakeServer server = FakeServer.start(directory, hanging);
                AuthClient client = clientOf(server, 1)) {
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread caller = new Thread(() -> interrupted.complete(callUntilInterrupted(client)));
            caller.start();
            asked.acquire();
            caller.interrupt();
            assertThat(interrupted.get()).isTrue();
            server.awaitAllClosed();
            assertThat(client.authenticate("alice", "secret")).isTrue();
        }
    }

    @Test
    void interruptEndsTheWaitForAConnection() throws Exception {
        try (FakeServer server = FakeServer.start(directory, hanging);
                AuthClient client = clientOf(server, 1)) {
            CompletableFuture<Boolean> first = client.authenticateAsync("hang", "secret");
            asked.acquire();
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread caller = new Thread(() -> interrupted.complete(callUntilInterrupted(client)));
            caller.start();
            caller.interrupt();
            assertThat(interrupted.get()).isTrue();
            assertThat(first).isNotDone();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void interruptedThreadSendsNothing() throws IOException {
        try (FakeServer server = FakeServer.start(directory, hanging);
                AuthClient client = clientOf(server, 1)) {
            Thread.currentThread().interrupt();
            assertThat(callUntilInterrupted(client)).isTrue();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void cancelledCallReleasesItsConnection() throws Exception {
        try (FakeServer server = FakeServer.start(directory, hanging);
                AuthClient client = clientOf(server, 1)) {
            CompletableFuture<Boolean> answer = client.authenticateAsync("hang", "secret");
            asked.acquire();
            assertThat(answer.cancel(false)).isTrue();
            server.awaitAllClosed();
            assertThat(client.authenticate("alice", "secret")).isTrue();
            assertThatExceptionOfType(CancellationException.class).isThrownBy(answer::get);
        }
    }

    @Test
    void queuedCallIsNotSentAfterCancel() throws Exception {
        try (FakeServer server = FakeServer.start(directory, hanging);
                AuthClient client = clientOf(server, 1)) {
            CompletableFuture<Boolean> first = client.authenticateAsync("hang", "secret");
            asked.acquire();
            CompletableFuture<Boolean> second = client.authenticateAsync("bob", "secret");
            CompletableFuture<Boolean> third = client.authenticateAsync("carol", "secret");
            assertThat(second.cancel(false)).isTrue();
            assertThat(first.complete(false)).isTrue(); // however it is completed, its call ends
            assertThat(third.get()).isTrue();
            assertThat(server.requests()).containsExactly("hang\rsecret\rx2gobroker", "carol\rsecret\rx2gobroker");
        }
    }

    @Test
    void callsInFlightFailAtClose() throws Exception {
        try (FakeServer server = FakeServer.start(directory, hanging);
                AuthClient client = clientOf(server, 2)) {
            List<CompletableFuture<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                answers.add(client.authenticateAsync("hang", "secret"));
                CompletableFuture<Boolean> blocking = new CompletableFuture<>();
                answers.add(blocking);
                Thread caller = new Thread(() -> {
                    try {
                        blocking.complete(client.authenticate("hang", "secret"));
                    } catch (IOException e) {
                        blocking.completeExceptionally(e);
                    }
                });
                caller.start();
            }
            asked.acquire(2);
            client.close();
            for (CompletableFuture<Boolean> answer : answers) {
                assertThat(kindOf(answer)).isEqualTo(Kind.CLIENT_CLOSED);
            }
            server.awaitAllClosed();
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void closedClientSendsNothing() throws Exception {
        try (FakeServer server = FakeServer.start(directory, hanging);
                AuthClient client = clientOf(server, 2)) {
            client.close();
            client.close();
            assertThat(catchThrowableOfType(AuthServiceException.class, () -> client.authenticate("alice", "secret"))
                            .kind())
                    .isEqualTo(Kind.CLIENT_CLOSED);
            assertThat(kindOf(client.authenticateAsync("alice", "secret"))).isEqualTo(Kind.CLIENT_CLOSED);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void closeClosesIdleConnections() throws Exception {
        try (FakeServer server = FakeServer.start(directory, hanging)) {
            try (AuthClient client = clientOf(server, 2)) {
                assertThat(client.authenticate("alice", "secret")).isTrue();
                assertThat(client.authenticateAsync("alice", "secret").get()).isTrue();
            }
            server.awaitAllClosed();
        }
    }

    @Test
    void requestIsWipedHoweverACallEnds() throws Exception {
        AuthClientOptions options = new AuthClientOptions(
                UnixDomainSocketAddress.of(directory.resolve("none.socket")),
                ServerVerifier.allowing(null, null),
                Duration.ofSeconds(30),
                1,
                Duration.ofSeconds(1));

        ByteBuffer stopped = request();
        new Call(options, stopped).stop(Call.Stop.CANCELLED);
        assertThat(stopped.clear()).isEqualTo(ByteBuffer.allocate(7));

        ByteBuffer failed = request();
        Call call = new Call(options, failed);
        assertThatExceptionOfType(AuthServiceException.class).isThrownBy(() -> call.run(new ConnectionPool(options)));
        assertThat(failed.clear()).isEqualTo(ByteBuffer.allocate(7));
    }

    private static ByteBuffer request() {
        return ByteBuffer.allocateDirect(7).put("request".getBytes(UTF_8)).flip();
    }

    private static boolean callUntilInterrupted(AuthClient client) {
        try {
            client.authenticate("hang", "secret");
            return false;
        } catch (InterruptedIOException e) {
            return Thread.currentThread().isInterrupted();
        } catch (AuthServiceException e) {
            return false;
        }
    }

    private static Kind kindOf(CompletableFuture<Boolean> answer) {
        Throwable failure = catchThrowable(answer::join).getCause();
        assertThat(failure).isInstanceOf(AuthServiceException.class);
        return ((AuthServiceException) requireNonNull(failure)).kind();
    }

    private static AuthClient clientOf(FakeServer server, int maxConnections) {
        return AuthClient.builder()
                .socket(server.socket())
                .maxConnections(maxConnections)
                .build();
    }
}
