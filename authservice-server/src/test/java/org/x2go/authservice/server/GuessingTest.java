package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.testsupport.RawPeer;

/** The fail delay limits guessing over many connections, and does not delay other users. */
@Timeout(120)
class GuessingTest {
    private static final int PERMITS = 5;
    private static final Duration DELAY = Duration.ofMillis(300);
    private static final String GUESS = "victim\rguess\rx2gobroker\n";
    private static final String RIGHT = "other\rright\rx2gobroker\n";

    @TempDir
    private Path directory;

    private final AtomicInteger guesses = new AtomicInteger();

    private final Authenticator delaying = (credentials, peer) -> {
        if (ISO_8859_1.decode(credentials.password()).toString().equals("right")) {
            return AuthResult.ok();
        }
        guesses.incrementAndGet();
        return AuthResult.fail("wrong").delayedBy(DELAY);
    };

    private AuthServer start(int workers) throws IOException {
        return AuthServer.start(
                AuthServerConfig.builder(directory.resolve("s"))
                        .limit(Limit.WORKERS, workers)
                        .limit(Limit.MAX_ATTEMPTS_PER_USER, PERMITS)
                        .build(),
                delaying);
    }

    @Test
    void fiveHundredConnectionsGuessNoFasterThanFivePermitsAllow() throws Exception {
        try (AuthServer server = start(4)) {
            long begun = System.nanoTime();
            List<RawPeer> peers = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                peers.add(RawPeer.connect(server.socketPath()).send(GUESS));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(login(server)).isEqualTo("ok");
                assertThat(peers.get(i).reply()).isEqualTo("fail");
            }
            assertBounded(begun);
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void disconnectingGainsNoExtraGuesses() throws Exception {
        try (AuthServer server = start(4)) {
            long begun = System.nanoTime();
            for (int round = 0; round < 10; round++) {
                List<RawPeer> peers = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    peers.add(RawPeer.connect(server.socketPath()).send(GUESS));
                }
                Thread.sleep(50);
                for (RawPeer peer : peers) {
                    peer.close();
                }
                assertThat(login(server)).isEqualTo("ok");
            }
            assertBounded(begun);
        }
    }

    @Test
    void spellingsOfOneNameShareItsLimit() throws Exception {
        List<String> spellings = List.of("victim", " victim", "victim ", "\tVICTIM", "Victim\t", "vic tim");
        try (AuthServer server = start(4)) {
            long begun = System.nanoTime();
            List<RawPeer> peers = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                String user = spellings.get(i % spellings.size());
                peers.add(RawPeer.connect(server.socketPath()).send(user + "\rguess\rx2gobroker\n"));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(peers.get(i).reply()).isEqualTo("fail");
            }
            assertBounded(begun);
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    /** The bound depends on the real elapsed time, so that a slow machine does not fail the test. */
    private void assertBounded(long begunNanos) {
        int made = guesses.get();
        long delays = (System.nanoTime() - begunNanos) / DELAY.toNanos() + 1;
        assertThat(made).isBetween(1, (int) (PERMITS * delays));
    }

    @Test
    void loginDoesNotWaitForOtherUsersWrongPasswords() throws Exception {
        Authenticator longDelay = (credentials, peer) -> credentials.user().equals("other")
                ? AuthResult.ok()
                : AuthResult.fail("wrong").delayedBy(Duration.ofSeconds(10));
        AuthServerConfig config = AuthServerConfig.builder(directory.resolve("s"))
                .limit(Limit.WORKERS, 2)
                .limit(Limit.MAX_FAIL_DELAY, Duration.ofSeconds(10))
                .limit(Limit.SHUTDOWN_TIMEOUT, Duration.ZERO)
                .build();
        List<RawPeer> wrong = new ArrayList<>();
        try (AuthServer server = AuthServer.start(config, longDelay)) {
            for (int i = 0; i < 200; i++) {
                wrong.add(RawPeer.connect(server.socketPath()).send("user" + i + "\rguess\rx2gobroker\n"));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(login(server)).isEqualTo("ok");
            }
            for (RawPeer peer : wrong) {
                assertThat(peer.hasReply()).as("it still waits out its delay").isFalse();
            }
        } finally {
            for (RawPeer peer : wrong) {
                peer.close();
            }
        }
    }

    private static String login(AuthServer server) throws IOException {
        try (RawPeer peer = RawPeer.connect(server.socketPath())) {
            return peer.send(RIGHT).reply();
        }
    }
}
