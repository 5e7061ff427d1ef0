package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;

@Timeout(60)
class ServerStatisticsTest {
    private static final Authenticator TAKES_ITS_USERS_WORD = (credentials, peer) -> switch (credentials.user()) {
        case "ok" -> AuthResult.ok();
        case "late" -> AuthResult.fail("wrong").delayedBy(Duration.ofMinutes(1));
        case "broken" -> throw new IllegalStateException("broken");
        default -> AuthResult.fail("wrong");
    };

    @TempDir
    private Path directory;

    private AuthServerConfig.Builder config;

    @BeforeEach
    void config() {
        config = AuthServerConfig.builder(directory.resolve("s"))
                .limit(Limit.WORKERS, 2)
                .limit(Limit.MAX_FAIL_DELAY, Duration.ofMinutes(5))
                .limit(Limit.SHUTDOWN_TIMEOUT, Duration.ZERO);
    }

    private static ServerStatistics now(AuthServer server) {
        return server.statistics().join();
    }

    private static ServerStatistics.OfService broker(ServerStatistics now) {
        return Objects.requireNonNull(now.services().get("x2gobroker"));
    }

    private static long durations(ServerStatistics now) {
        return broker(now).durations().counts().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void verdictsAreCountedByService() throws Exception {
        try (AuthServer server = AuthServer.start(config.build(), TAKES_ITS_USERS_WORD);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            for (String request : new String[] {
                "ok\rx\rx2gobroker\n",
                "ok\rx\rx2gobroker\n",
                "other\rx\rx2gobroker\n",
                "broken\rx\rx2gobroker\n",
                "ok\rx\rsu\n",
                "ok\rx\rmade-up\n",
                "malformed\n"
            }) {
                peer.send(request).reply();
            }
            ServerStatistics now = now(server);
            assertThat(now.services()).containsOnlyKeys("x2gobroker");
            assertThat(broker(now).verdicts()).isEqualTo(Map.of(Verdict.OK, 2L, Verdict.FAIL, 1L, Verdict.ERROR, 1L));
            assertThat(durations(now)).isEqualTo(4);
            assertThat(now.rejected().disallowed()).isEqualTo(2);
            assertThat(now.rejected().malformed()).isEqualTo(1);
            assertThat(now.verdicts(Verdict.FAIL)).isEqualTo(3);
            assertThat(now.verdicts(Verdict.BAD)).isEqualTo(1);
            assertThat(now.connections().open()).isEqualTo(1);
            assertThat(now.connections().accepted()).isEqualTo(1);
            assertThat(now.workers().most()).isEqualTo(2);
        }
    }

    @Test
    void delayedAndLimitedRequestsAreCounted() throws Exception {
        try (AuthServer server = AuthServer.start(
                        config.limit(Limit.MAX_ATTEMPTS_PER_USER, 1).build(), TAKES_ITS_USERS_WORD);
                RawPeer first = RawPeer.connect(server.socketPath());
                RawPeer second = RawPeer.connect(server.socketPath())) {
            first.send("late\rx\rx2gobroker\n");
            Program.await("the reply is held back", () -> now(server).waiting().forDelay() == 1);
            second.send("late\rx\rx2gobroker\n");
            Program.await(
                    "the second waits for a permit", () -> now(server).waiting().forTurn() == 1);
            assertThat(now(server).waiting().forDelay()).isEqualTo(1);
            second.close();
            Program.await("the second is withdrawn", () -> now(server).waiting().forTurn() == 0);
        }
    }

    @Test
    void busyAndHungThreadsAndTheQueueAreCounted() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Authenticator hangs = (credentials, peer) -> {
            release.await();
            return AuthResult.ok();
        };
        try (AuthServer server = AuthServer.start(
                        config.limit(Limit.REQUEST_TIMEOUT, Duration.ofSeconds(1))
                                .build(),
                        hangs);
                RawPeer first = RawPeer.connect(server.socketPath());
                RawPeer second = RawPeer.connect(server.socketPath());
                RawPeer third = RawPeer.connect(server.socketPath())) {
            first.send("a\rx\rx2gobroker\n");
            second.send("b\rx\rx2gobroker\n");
            Program.await("both threads are busy", () -> now(server).workers().busy() == 2);
            third.send("c\rx\rx2gobroker\n");
            Program.await(
                    "the third is queued",
                    () -> now(server).waiting().forWorker() == 1
                            || now(server).workers().hung() > 0);
            assertThat(first.reply()).isEqualTo("error");
            assertThat(second.reply()).isEqualTo("error");
            assertThat(third.reply()).isEqualTo("error");
            ServerStatistics now = now(server);
            assertThat(now.workers().hung()).isEqualTo(2);
            assertThat(now.workers().busy()).isEqualTo(2);
            assertThat(now.verdicts(Verdict.ERROR)).isEqualTo(3);

            release.countDown();
            Program.await(
                    "both threads have returned", () -> now(server).workers().hung() == 0);
            assertThat(now(server).verdicts(Verdict.OK)).as("too late to count").isZero();
            assertThat(durations(now(server))).isEqualTo(2);
        } finally {
            release.countDown();
        }
    }

    @Test
    void refusedConnectionsAreCountedByReason() throws Exception {
        try (AuthServer server =
                        AuthServer.start(config.limit(Limit.MAX_CONNECTIONS, 1).build(), TAKES_ITS_USERS_WORD);
                RawPeer first = RawPeer.connect(server.socketPath())) {
            assertThat(first.send("ok\rx\rx2gobroker\n").reply()).isEqualTo("ok");
            try (RawPeer second = RawPeer.connect(server.socketPath())) {
                assertThat(second.reply()).isEqualTo("error");
            }
            assertThat(now(server).connections().refused().overLimit()).isEqualTo(1);
            assertThat(now(server).connections().refused().notAdmitted()).isZero();
        }
        PeerPolicy strangers = new PeerPolicy(Set.of(4_000_000), Set.of());
        try (AuthServer server = AuthServer.start(config.peers(strangers).build(), TAKES_ITS_USERS_WORD);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            assertThat(peer.reply()).isEqualTo("error");
            assertThat(now(server).connections().refused().notAdmitted()).isEqualTo(1);
            assertThat(now(server).connections().refused().overLimit()).isZero();
        }
    }

    @Test
    void closedServerHasNoStatistics() throws Exception {
        AuthServer server = AuthServer.start(config.build(), TAKES_ITS_USERS_WORD);
        server.close();
        assertThatThrownBy(() -> server.statistics().get()).hasCauseInstanceOf(RejectedExecutionException.class);
    }
}
