package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;

@Timeout(60)
class AuthServerStopTest {
    private static final String REQUEST = "alice\rsecret\rx2gobroker\n";

    @TempDir
    private Path directory;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

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
    void connectionsInTheBacklogAreAnsweredAtAStop() throws Exception {
        Path socket = directory.resolve("s");
        AuthServer server = AuthServer.start(AuthServerConfig.builder(socket).build(), holdingUpTheLoop());
        List<RawPeer> peers = new ArrayList<>();
        Thread closing = new Thread(server::close);
        try (RawPeer first = RawPeer.connect(socket)) {
            first.send(REQUEST);
            begun.await();
            for (int i = 0; i < 40; i++) {
                peers.add(RawPeer.connect(socket));
                if (i % 2 == 0) {
                    peers.get(i).send(REQUEST);
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
