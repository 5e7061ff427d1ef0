package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;

/** What becomes of connections and requests when a server is closed. */
@Timeout(60)
class AuthServerStopTest {
    private static final String RIGHT = "alice\rsecret\rx2gobroker\n";

    @TempDir
    private Path directory;

    private Path socket;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    /** Says that it was asked, and says yes when it may. */
    private final Authenticator waiting = (credentials, peer) -> {
        begun.countDown();
        release.await();
        return AuthResult.ok();
    };

    @BeforeEach
    void chooseSocket() {
        socket = directory.resolve("s");
    }

    private AuthServerConfig.Builder config() {
        return AuthServerConfig.builder(socket).limit(Limit.WORKERS, 4);
    }

    /** Does what none may: it keeps the event loop from accepting connections. */
    private AsyncAuthenticatorFactory holdingUpTheLoop() {
        return loop -> (credentials, peer) -> {
            begun.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            credentials.close();
            return CompletableFuture.completedFuture(AuthResult.ok());
        };
    }

    @Test
    void closeWaitsForRequestsInFlight() throws Exception {
        AuthServer server = AuthServer.start(config().build(), waiting);
        try (RawPeer busy = RawPeer.connect(server.socketPath());
                RawPeer idle = RawPeer.connect(server.socketPath())) {
            busy.send(RIGHT);
            begun.await();
            Thread closing = new Thread(server::close);
            closing.start();
            assertThat(idle.rest()).as("its first request may be on its way").isEqualTo("error\n");
            assertThat(socket).doesNotExist();
            release.countDown();
            assertThat(busy.rest()).isEqualTo("ok\n");
            closing.join();
        }
    }

    @Test
    void requestOnAKeptConnectionAfterAStopIsNotRead() throws Exception {
        AuthServer server = AuthServer.start(config().build(), (credentials, peer) -> AuthResult.ok());
        try (RawPeer kept = RawPeer.connect(server.socketPath())) {
            assertThat(kept.send(RIGHT).reply()).isEqualTo("ok");
            server.close();
            assertThatThrownBy(() -> kept.send(RIGHT)).isInstanceOf(IOException.class);
            assertThat(kept.rest()).isEmpty();
        } finally {
            server.close();
        }
    }

    @Test
    void stopAnswersPipelinedRequestsAndTakesNoMore() throws Exception {
        AuthServer server = AuthServer.start(config().build(), waiting);
        try (RawPeer busy = RawPeer.connect(server.socketPath())) {
            busy.send(RIGHT + RIGHT + RIGHT + "alice\rhalf of");
            begun.await();
            Thread closing = new Thread(server::close);
            closing.start();
            release.countDown();
            assertThat(busy.rest()).isEqualTo("ok\nok\nok\nerror\n");
            closing.join();
        } finally {
            release.countDown();
            server.close();
        }
    }

    @Test
    void requestBeyondTheShutdownTimeoutIsAnError() throws Exception {
        AuthServer server = AuthServer.start(
                config().limit(Limit.SHUTDOWN_TIMEOUT, Duration.ofMillis(100)).build(), waiting);
        try (RawPeer busy = RawPeer.connect(server.socketPath())) {
            busy.send(RIGHT);
            begun.await();
            Thread closing = new Thread(server::close);
            closing.start();
            assertThat(busy.rest()).isEqualTo("error\n");
            closing.join();
        } finally {
            release.countDown();
        }
    }

    @Test
    void connectionsInTheBacklogAreAnsweredAtAStop() throws Exception {
        AuthServer server = AuthServer.start(config().build(), holdingUpTheLoop());
        List<RawPeer> peers = new ArrayList<>();
        Thread closing = new Thread(server::close);
        try (RawPeer first = RawPeer.connect(socket)) {
            first.send(RIGHT);
            begun.await();
            for (int i = 0; i < 40; i++) {
                peers.add(RawPeer.connect(socket));
                if (i % 2 == 0) {
                    peers.get(i).send(RIGHT);
                }
            }
            closing.start();
            Program.await("the stop has begun", () -> !Files.exists(socket));
            release.countDown();
            assertThat(first.reply()).isEqualTo("ok");
            for (int i = 0; i < peers.size(); i++) {
                assertThat(peers.get(i).reply()).as("peer %s", i).isEqualTo(i % 2 == 0 ? "ok" : "error");
            }
        } finally {
            release.countDown();
            for (RawPeer peer : peers) {
                peer.close();
            }
            closing.join();
        }
    }
}
