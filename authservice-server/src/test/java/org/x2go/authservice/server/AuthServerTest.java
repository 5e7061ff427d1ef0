package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.testsupport.CapturedLog;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;

@Timeout(60)
class AuthServerTest {
    private static final String RIGHT = "alice\rsecret\rx2gobroker\n";
    private static final String WRONG = "alice\rguess\rx2gobroker\n";

    @TempDir
    private Path directory;

    private Path socket;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** Accepts alice's password "secret", and notes what it was asked. */
    private final Authenticator alice = (credentials, peer) -> {
        asked.add(text(credentials));
        return text(credentials).equals("alice/secret/x2gobroker") ? AuthResult.ok() : AuthResult.fail("wrong");
    };

    @BeforeEach
    void chooseSocket() {
        socket = directory.resolve("s");
    }

    private static String text(Credentials credentials) {
        return credentials.user() + "/" + ISO_8859_1.decode(credentials.password()) + "/" + credentials.service();
    }

    private AuthServerConfig.Builder config() {
        return AuthServerConfig.builder(socket).limit(Limit.WORKERS, 4);
    }

    @Test
    void eachRequestGetsItsVerdict() throws IOException {
        try (AuthServer server = AuthServer.start(config().build(), alice);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            assertThat(peer.send(RIGHT).reply()).isEqualTo("ok");
            assertThat(peer.send(WRONG).reply()).isEqualTo("fail");
            assertThat(peer.send("no request\n").reply()).isEqualTo("bad");
            assertThat(peer.send(RIGHT).reply()).isEqualTo("ok");
        }
        assertThat(asked)
                .containsExactly("alice/secret/x2gobroker", "alice/guess/x2gobroker", "alice/secret/x2gobroker");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderAfterEndOfInput() throws IOException {
        try (AuthServer server = AuthServer.start(config().build(), alice);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            peer.send((RIGHT + WRONG + "bad\n").repeat(500)).shutdownOutput();
            assertThat(peer.rest()).isEqualTo("ok\nfail\nbad\n".repeat(500));
        }
    }

    @Test
    void requestMayArriveByteByByte() throws IOException {
        try (AuthServer server = AuthServer.start(config().build(), alice);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            for (String b : RIGHT.split("(?s)(?<=.)", -1)) {
                peer.send(b);
            }
            assertThat(peer.reply()).isEqualTo("ok");
        }
    }

    @Test
    void disallowedServiceIsRefusedWithoutAuthenticator() throws IOException {
        try (AuthServer server = AuthServer.start(config().build(), (c, p) -> AuthResult.ok());
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            for (String service : List.of("su", "../pam.d/su", "X2GOBROKER", "/x2gobroker", "other", "x2gobroker ")) {
                assertThat(peer.send("root\rx\r" + service + "\n").reply())
                        .as(service)
                        .isEqualTo("fail");
            }
            assertThat(peer.send("root\rx\r\n").reply()).isEqualTo("bad");
            assertThat(peer.send("root\rx\rx2gobroker\n").reply()).isEqualTo("ok");
        }
    }

    @Test
    void throwingAuthenticatorIsAnError() throws IOException {
        Authenticator broken = (c, p) -> {
            throw new LinkageError("no such library");
        };
        try (AuthServer server = AuthServer.start(config().build(), broken);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            assertThat(peer.send(RIGHT).reply()).isEqualTo("error");
            assertThat(peer.send(RIGHT).reply()).isEqualTo("error");
        }
    }

    @Test
    @SuppressWarnings("NullAway") // not everyone who embeds the server has a checker that forbids this
    void authenticatorThatReturnsNullIsAnError() throws IOException {
        try (AuthServer server = AuthServer.start(config().build(), (c, p) -> null);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            assertThat(peer.send(RIGHT).reply()).isEqualTo("error");
        }
    }

    @Test
    void passwordIsWipedWhenTheAuthenticatorReturns() throws IOException {
        List<Credentials> seen = new CopyOnWriteArrayList<>();
        Authenticator keeping = (credentials, peer) -> {
            seen.add(credentials);
            return AuthResult.ok();
        };
        try (AuthServer server = AuthServer.start(config().build(), keeping);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            assertThat(peer.send(RIGHT).reply()).isEqualTo("ok");
            assertThatThrownBy(() -> seen.get(0).password()).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void slowLoginDoesNotDelayOthers() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Authenticator slowForBob = (credentials, peer) -> {
            if (credentials.user().equals("bob")) {
                release.await();
            }
            return AuthResult.ok();
        };
        try (AuthServer server = AuthServer.start(config().build(), slowForBob);
                RawPeer bob = RawPeer.connect(server.socketPath());
                RawPeer other = RawPeer.connect(server.socketPath())) {
            bob.send("bob\rx\rx2gobroker\n");
            for (int i = 0; i < 100; i++) {
                assertThat(other.send(RIGHT).reply()).isEqualTo("ok");
            }
            release.countDown();
            assertThat(bob.reply()).isEqualTo("ok");
        }
    }

    @Test
    void hungAuthenticatorIsAnErrorAtTheDeadline() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Authenticator hanging = (credentials, peer) -> {
            release.await();
            return AuthResult.ok();
        };
        AuthServerConfig config = config().limit(Limit.WORKERS, 1)
                .limit(Limit.REQUEST_TIMEOUT, Duration.ofSeconds(3))
                .build();
        try (CapturedLog log = new CapturedLog("org.x2go.authservice.server");
                AuthServer server = AuthServer.start(config, hanging);
                RawPeer running = RawPeer.connect(server.socketPath());
                RawPeer queued = RawPeer.connect(server.socketPath())) {
            running.send(RIGHT);
            queued.send(RIGHT);
            assertThat(running.reply()).isEqualTo("error");
            assertThat(queued.reply()).isEqualTo("error");
            assertThat(log.lines())
                    .as("names the service that hangs, and what can be done")
                    .anyMatch(line -> line.startsWith("ERROR All 1 PAM threads hang")
                            && line.contains("latest service: x2gobroker")
                            && line.contains("--workers"));
            release.countDown();
            assertThat(queued.send(RIGHT).reply()).isEqualTo("ok");
            assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN PAM answers again"));
        }
    }

    @Test
    void connectionBeyondTheLimitGetsError() throws Exception {
        try (AuthServer server =
                AuthServer.start(config().limit(Limit.MAX_CONNECTIONS, 2).build(), alice)) {
            try (RawPeer first = RawPeer.connect(socket);
                    RawPeer second = RawPeer.connect(socket)) {
                assertThat(first.send(RIGHT).reply()).isEqualTo("ok");
                assertThat(second.send(RIGHT).reply()).isEqualTo("ok");
                for (int i = 0; i < 20; i++) {
                    try (RawPeer third = RawPeer.connect(socket)) {
                        assertThat(third.send(RIGHT).rest()).isEqualTo("error\n");
                    }
                }
                assertThat(first.send(RIGHT).reply()).isEqualTo("ok");
            }
            Program.await("connections are accepted again", () -> reply(RIGHT).equals("ok"));
            assertThat(server.socketPath()).exists();
        }
    }

    @Test
    void peerOutsideTheAllowedUsersAndGroupsIsRefused() throws IOException {
        PeerPolicy strangers = new PeerPolicy(Set.of(4_000_000), Set.of(4_000_001));
        try (AuthServer server = AuthServer.start(config().peers(strangers).build(), alice);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            assertThat(peer.send(RIGHT).rest()).isEqualTo("error\n");
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void peerIsAdmittedByItsUserOrGroup() throws IOException {
        int uid = (int) Files.getAttribute(directory, "unix:uid");
        int gid = (int) Files.getAttribute(directory, "unix:gid");
        for (PeerPolicy policy : List.of(
                new PeerPolicy(Set.of(uid), Set.of()),
                new PeerPolicy(Set.of(), Set.of(gid)),
                new PeerPolicy(Set.of(4_000_000), Set.of(gid)))) {
            try (AuthServer server = AuthServer.start(config().peers(policy).build(), alice);
                    RawPeer peer = RawPeer.connect(server.socketPath())) {
                assertThat(peer.send(RIGHT).reply()).isEqualTo("ok");
            }
        }
    }

    @Test
    void idleConnectionIsClosedAfterItsTimeout() throws IOException {
        try (AuthServer server = AuthServer.start(
                        config().limit(Limit.IDLE_TIMEOUT, Duration.ofSeconds(1))
                                .build(),
                        alice);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            assertThat(peer.send(RIGHT).reply()).isEqualTo("ok");
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    void queuedRequestOfADisconnectedPeerIsDropped() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Authenticator slow = (credentials, peer) -> {
            asked.add(credentials.user());
            if (credentials.user().equals("first")) {
                release.await();
            }
            return AuthResult.ok();
        };
        try (AuthServer server =
                        AuthServer.start(config().limit(Limit.WORKERS, 1).build(), slow);
                RawPeer first = RawPeer.connect(socket);
                RawPeer last = RawPeer.connect(server.socketPath())) {
            first.send("first\rx\rx2gobroker\n");
            Program.await("the first is asked", () -> !asked.isEmpty());
            for (int i = 0; i < 50; i++) {
                RawPeer.connect(socket).send("gone\rx\rx2gobroker\n").close();
            }
            last.send("last\rx\rx2gobroker\n");
            // The event loop has seen them all leave by the time it answers this.
            try (RawPeer probe = RawPeer.connect(socket)) {
                assertThat(probe.send("bad\n").reply()).isEqualTo("bad");
            }
            release.countDown();
            assertThat(first.reply()).isEqualTo("ok");
            assertThat(last.reply()).isEqualTo("ok");
        }
        assertThat(asked).containsExactly("first", "last");
    }

    @Test
    void memoryForPipelinedRequestsIsBounded() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Authenticator slow = (credentials, peer) -> {
            release.await();
            return AuthResult.ok();
        };
        List<RawPeer> peers = new ArrayList<>();
        try (AuthServer server = AuthServer.start(
                // The last peer's replies wait until those of the others have been read.
                config().limit(Limit.MAX_UNREAD_BYTES, 1 << 20)
                        .limit(Limit.SEND_TIMEOUT, Duration.ofMinutes(5))
                        .build(),
                slow)) {
            for (int i = 0; i < 20; i++) {
                RawPeer peer = RawPeer.connect(server.socketPath());
                peers.add(peer);
                peer.send(RIGHT.repeat(4000)).shutdownOutput();
            }
            release.countDown();
            int complete = 0;
            for (RawPeer peer : peers) {
                String replies = peer.rest();
                assertThat(replies).matches("(ok\n)*(error\n)?");
                complete += replies.equals("ok\n".repeat(4000)) ? 1 : 0;
            }
            assertThat(complete).isBetween(1, 19);
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void memoryIsReleasedHoweverAPeerDisconnects() throws Exception {
        Authenticator slow = (credentials, peer) -> AuthResult.fail("wrong").delayedBy(Duration.ofMillis(50));
        try (AuthServer server =
                AuthServer.start(config().limit(Limit.MAX_UNREAD_BYTES, 1 << 20).build(), slow)) {
            List<String> sent = List.of(
                    "",
                    "a",
                    "alice\rsec",
                    RIGHT,
                    RIGHT + RIGHT + "a",
                    "\n".repeat(5000),
                    RIGHT.repeat(500),
                    "x".repeat(20_000));
            for (String bytes : sent) {
                for (int i = 0; i < 40; i++) {
                    try (RawPeer gone = RawPeer.connect(server.socketPath());
                            RawPeer ended = RawPeer.connect(server.socketPath())) {
                        // It is reset when it leaves with replies unread.
                        gone.send(bytes);
                        ended.send(bytes).shutdownOutput();
                    }
                }
            }
            Program.await(
                    "all memory is given back",
                    () -> server.statistics().join().connections().open() == 0
                            && server.reservedMemory().join() == 0);
        }
    }

    /** The reply to one request on a connection of its own. */
    private String reply(String request) {
        try (RawPeer peer = RawPeer.connect(socket)) {
            return peer.send(request).reply();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
