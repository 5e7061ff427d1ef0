package org.x2go.authservice.daemon.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.testsupport.CapturedLog;

class SocketFileWatchTest {
    @TempDir
    Path directory;

    private final CapturedLog log = new CapturedLog(SocketFileWatch.class.getPackageName());

    @AfterEach
    void close() {
        log.close();
    }

    private AuthServer start(Path path) throws Exception {
        return AuthServer.start(
                AuthServerConfig.builder(path).build(), (credentials, peer) -> AuthResult.fail("closed today"));
    }

    @Test
    void removedOrReplacedSocketIsReportedOnceEachTime() throws Exception {
        Path path = directory.resolve("socket");
        Path aside = directory.resolve("aside");
        try (AuthServer server = start(path)) {
            SocketFileWatch watch = SocketFileWatch.at(server.socketPath()).orElseThrow();
            assertThat(watch.interval()).isLessThan(Duration.ofMinutes(1));
            watch.check();
            assertThat(log.lines()).isEmpty();

            Files.move(path, aside);
            watch.check();
            watch.check();
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("The socket " + path + " was removed or replaced");

            Files.move(aside, path);
            watch.check();
            Files.delete(path);
            Files.createFile(path);
            watch.check();
            assertThat(log.lines()).hasSize(2);
        }
    }

    @Test
    void ownRemovalAtTheStopIsNotReported() throws Exception {
        Path path = directory.resolve("socket");
        AuthServer server = start(path);
        SocketFileWatch watch = SocketFileWatch.at(path).orElseThrow();
        watch.close();
        server.close();
        watch.check();
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void socketThatCannotBeSeenIsNotWatched() {
        assertThat(SocketFileWatch.at(directory.resolve("none"))).isEmpty();
    }
}
