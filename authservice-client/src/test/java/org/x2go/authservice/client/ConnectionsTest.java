package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.client.AuthServiceException.Kind;

/** Which connections are kept, replaced and given up. */
@Timeout(60)
class ConnectionsTest {
    @TempDir
    Path directory;

    @Test
    void connectionIsReused() throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> user.equals("alice") ? "ok\n" : "fail\n");
                AuthClient client = clientOf(server)) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.authenticate("alice", "secret")).isTrue();
                assertThat(client.authenticate("bob", "secret")).isFalse();
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void closedConnectionIsReplaced() throws Exception {
        FakeServer.Script once = peer -> {
            peer.read();
            peer.write("ok\n");
        };
        try (FakeServer server = FakeServer.start(directory, once);
                AuthClient client = clientOf(server)) {
            for (int i = 1; i <= 3; i++) {
                assertThat(client.authenticate("alice", "secret")).isTrue();
                assertThat(server.connections()).isEqualTo(i);
                server.awaitAllClosed();
            }
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void unwritableConnectionIsReplaced() throws Exception {
        // The check before a request cannot see this, only the write can: as if the service closed right in between.
        CountDownLatch deaf = new CountDownLatch(1);
        FakeServer.Script script = peer -> {
            peer.read();
            peer.write("ok\n");
            if (peer.number() == 1) {
                peer.channel().shutdownInput();
                deaf.countDown();
                Thread.sleep(Long.MAX_VALUE);
            }
        };
        try (FakeServer server = FakeServer.start(directory, script);
                AuthClient client = clientOf(server)) {
            assertThat(client.authenticate("alice", "secret")).isTrue();
            deaf.await();
            assertThat(client.authenticate("bob", "secret")).isTrue();
            assertThat(server.connections()).isEqualTo(2);
            assertThat(server.requests()).containsExactly("alice\rsecret\rx2gobroker", "bob\rsecret\rx2gobroker");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok\n", "error\n", "o", "\n"})
    void connectionWithUnexpectedInputIsReplaced(String unasked) throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        FakeServer.Script script = peer -> {
            if (peer.number() == 1) {
                peer.read();
                peer.write("ok\n");
                answered.await();
                peer.write(unasked);
                written.countDown();
                peer.awaitEnd();
            } else {
                peer.answerAll(user -> "fail\n");
            }
        };
        try (FakeServer server = FakeServer.start(directory, script);
                AuthClient client = clientOf(server)) {
            assertThat(client.authenticate("alice", "secret")).isTrue();
            answered.countDown();
            written.await();
            assertThat(client.authenticate("bob", "secret")).isFalse();
            assertThat(server.requests()).containsExactly("alice\rsecret\rx2gobroker", "bob\rsecret\rx2gobroker");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"error\n", "bad\n", "okay\n", "ok\nok\n"})
    void connectionIsKeptOnlyAfterAVerdict(String reply) throws Exception {
        FakeServer.Script script = peer -> peer.answerAll(user -> peer.number() == 1 ? reply : "ok\n");
        try (FakeServer server = FakeServer.start(directory, script);
                AuthClient client = clientOf(server)) {
            assertThat(catchThrowableOfType(AuthServiceException.class, () -> client.authenticate("alice", "secret")))
                    .isNotNull();
            server.awaitAllClosed();
            assertThat(client.authenticate("alice", "secret")).isTrue();
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void requestThatWasReadIsNotSentAgain() throws IOException {
        FakeServer.Script readsTheSecondAndLeaves = peer -> {
            peer.read();
            peer.write("ok\n");
            peer.read();
        };
        try (FakeServer server = FakeServer.start(directory, readsTheSecondAndLeaves);
                AuthClient client = clientOf(server)) {
            assertThat(client.authenticate("alice", "secret")).isTrue();
            assertThat(catchThrowableOfType(AuthServiceException.class, () -> client.authenticate("bob", "secret"))
                            .kind())
                    .isEqualTo(Kind.CONNECTION_LOST);
            assertThat(server.requests()).containsExactly("alice\rsecret\rx2gobroker", "bob\rsecret\rx2gobroker");
            assertThat(client.authenticate("carol", "secret")).isTrue();
        }
    }

    @Test
    void randomClosesNeverRepeatARequest() throws Exception {
        FakeServer.Script once = peer -> {
            peer.read();
            peer.write("ok\n");
            LockSupport.parkNanos(peer.number() % 7 * 10_000L);
        };
        try (FakeServer server = FakeServer.start(directory, once);
                AuthClient client = clientOf(server)) {
            int answered = 0;
            for (int i = 0; i < 500; i++) {
                try {
                    assertThat(client.authenticate("user" + i, "secret")).isTrue();
                    answered++;
                } catch (AuthServiceException e) {
                    assertThat(e.kind()).isEqualTo(Kind.CONNECTION_LOST);
                }
            }
            server.awaitAllClosed();
            assertThat(server.requests()).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(answered);
        }
    }

    @Test
    void idleConnectionIsClosed() throws Exception {
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n");
                AuthClient client = AuthClient.builder()
                        .socket(server.socket())
                        .idleTime(Duration.ofMillis(50))
                        .build()) {
            assertThat(client.authenticate("alice", "secret")).isTrue();
            server.awaitAllClosed();
            ClientThreads.awaitNone();
            assertThat(client.authenticate("alice", "secret")).isTrue();
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void connectionsStayWithinTheLimit() throws Exception {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        FakeServer.Script counting = peer -> {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            peer.answerAll(user -> "ok\n");
            open.decrementAndGet();
        };
        try (FakeServer server = FakeServer.start(directory, counting);
                AuthClient client = AuthClient.builder()
                        .socket(server.socket())
                        .maxConnections(3)
                        .build()) {
            List<CompletableFuture<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(client.authenticateAsync("alice", "secret"));
                answers.add(CompletableFuture.supplyAsync(() -> ask(client)));
            }
            for (CompletableFuture<Boolean> answer : answers) {
                assertThat(answer.get()).isTrue();
            }
            assertThat(most.get()).isBetween(1, 3);
            assertThat(server.connections()).isEqualTo(most.get());
            assertThat(server.requests()).hasSize(400);
        }
    }

    @Test
    void everyCallerGetsItsOwnAnswer() throws Exception {
        try (FakeServer server = FakeServer.answering(directory, user -> user.hashCode() % 2 == 0 ? "ok\n" : "fail\n");
                AuthClient client = AuthClient.builder()
                        .socket(server.socket())
                        .maxConnections(5)
                        .build()) {
            ExecutorService callers = Executors.newFixedThreadPool(12);
            try {
                List<Future<Boolean>> right = new ArrayList<>();
                for (int caller = 0; caller < 12; caller++) {
                    int number = caller;
                    right.add(callers.submit(() -> {
                        for (int i = 0; i < 200; i++) {
                            String user = "user-" + number + "-" + i;
                            if (client.authenticate(user, "secret") != (user.hashCode() % 2 == 0)) {
                                return false;
                            }
                        }
                        return true;
                    }));
                }
                for (Future<Boolean> caller : right) {
                    assertThat(caller.get()).isTrue();
                }
            } finally {
                callers.shutdownNow();
                assertThat(callers.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(server.connections()).isLessThanOrEqualTo(5);
        }
    }

    private static boolean ask(AuthClient client) {
        return client.authenticateAsync("alice", "secret").join();
    }

    private static AuthClient clientOf(FakeServer server) {
        return AuthClient.builder().socket(server.socket()).build();
    }
}
