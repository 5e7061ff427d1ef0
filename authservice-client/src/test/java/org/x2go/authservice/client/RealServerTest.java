package org.x2go.authservice.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.client.AuthServiceException.Kind;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;

/** The client and the server that it is made for. */
@Timeout(120)
class RealServerTest {
    @TempDir
    private Path directory;

    private Path socket;

    /** Accepts a password that equals the user's name. For the user "outage" it acts as if a directory server were down. */
    private final Authenticator passwordEqualsName = (credentials, peer) -> {
        if (credentials.user().equals("outage")) {
            return AuthResult.error("directory server unreachable");
        }
        String password = UTF_8.decode(credentials.password()).toString();
        return password.equals(credentials.user()) ? AuthResult.ok() : AuthResult.fail("wrong");
    };

    @BeforeEach
    void chooseSocket() {
        socket = directory.resolve("s");
    }

    private AuthServerConfig.Builder config() {
        return AuthServerConfig.builder(socket).limit(Limit.WORKERS, 4);
    }

    private AuthClient client() {
        return AuthClient.builder()
                .socket(socket)
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    private static void assertKind(AuthClient client, Kind kind) {
        assertThatThrownBy(() -> client.authenticate("alice", "alice"))
                .isInstanceOfSatisfying(
                        AuthServiceException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void eachRequestGetsItsVerdict() throws Exception {
        try (AuthServer server = AuthServer.start(config().build(), passwordEqualsName);
                AuthClient client = client()) {
            assertThat(client.authenticate("alice", "alice")).isTrue();
            assertThat(client.authenticate("alice", "bob".toCharArray())).isFalse();
            assertThat(client.authenticate("jürgen €", "jürgen €")).isTrue();
            assertThat(client.authenticate("alice", "")).isFalse();
            assertThat(client.authenticate("alice", "alice", "su")).isFalse();
            assertThatThrownBy(() -> client.authenticate("outage", "x"))
                    .isInstanceOfSatisfying(
                            AuthServiceException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.NO_VERDICT));
            assertThat(client.authenticate("alice", "alice")).isTrue();
            assertThat(server.socketPath()).exists();
        }
    }

    @Test
    void concurrentCallsGetTheirOwnVerdicts() throws Exception {
        try (AuthServer server = AuthServer.start(config().build(), passwordEqualsName);
                AuthClient client = client()) {
            List<CompletableFuture<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                answers.add(client.authenticateAsync("u" + i, i % 3 == 0 ? "u" + i : "x"));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).as("call %d", i).isEqualTo(i % 3 == 0);
            }
            assertThat(server.socketPath()).exists();
        }
    }

    @Test
    void refusedPeerGetsNoVerdict() throws Exception {
        PeerPolicy others = new PeerPolicy(Set.of(4_000_000), Set.of());
        try (AuthServer server = AuthServer.start(config().peers(others).build(), passwordEqualsName);
                AuthClient client = client()) {
            for (int i = 0; i < 50; i++) {
                assertKind(client, Kind.NO_VERDICT);
            }
            assertThat(server.socketPath()).exists();
        }
    }

    @Test
    void restartedServiceIsFound() throws Exception {
        try (AuthClient client = client()) {
            assertKind(client, Kind.UNAVAILABLE);
            for (int i = 0; i < 20; i++) {
                try (AuthServer server = AuthServer.start(config().build(), passwordEqualsName)) {
                    assertThat(client.authenticate("alice", "alice")).isTrue();
                    assertThat(server.socketPath()).exists();
                }
                assertKind(client, Kind.UNAVAILABLE);
            }
        }
    }

    @Test
    void callInFlightAtAStopGetsNoVerdict() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Authenticator waiting = (credentials, peer) -> {
            begun.countDown();
            release.await();
            return AuthResult.ok();
        };
        AuthServer server = AuthServer.start(
                config().limit(Limit.SHUTDOWN_TIMEOUT, Duration.ofMillis(100)).build(), waiting);
        try (AuthClient client = client()) {
            CompletableFuture<Boolean> answer = client.authenticateAsync("alice", "alice");
            begun.await();
            server.close();
            assertThatThrownBy(answer::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            AuthServiceException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.NO_VERDICT));
        } finally {
            release.countDown();
        }
    }
}
