package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.posix.OpenFiles;
import org.x2go.authservice.testsupport.LauncherOptions;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;
import org.x2go.authservice.testsupport.TestScope;

/** Peers use as much of the packaged service's memory as they can, with the launcher's memory limits. */
@Timeout(120)
class PeerMemoryIT {
    @TempDir
    private Path directory;

    private final List<RawPeer> peers = new ArrayList<>();

    @BeforeEach
    void makePamServices() throws IOException {
        Path confdir = Files.createDirectory(directory.resolve("pam"));
        Files.writeString(confdir.resolve("permit"), "auth required pam_permit.so\naccount required pam_permit.so\n");
        Files.writeString(
                confdir.resolve("slow"),
                "auth optional pam_faildelay.so delay=9000000\nauth required pam_deny.so\naccount required pam_permit.so\n");
    }

    @AfterEach
    void closePeers() throws IOException {
        for (RawPeer peer : peers) {
            peer.close();
        }
    }

    private ServerProcess start(String... javaOptions) throws IOException, InterruptedException {
        return ServerProcess.in(directory)
                .args("--pam-confdir", directory.resolve("pam").toString(), "--shutdown-timeout", "1")
                .allow(List.of("permit", "slow"))
                .javaOptions(javaOptions)
                .start();
    }

    private ServerProcess startAsInstalled() throws IOException, InterruptedException {
        return start(LauncherOptions.read().toArray(String[]::new));
    }

    private void connectAndSend(ServerProcess server, int count, String request) throws IOException {
        Requirements.require(
                OpenFiles.limit() > count + 1000, "a limit of more than " + (count + 1000) + " open files");
        for (int i = 0; i < count; i++) {
            RawPeer peer = server.connect();
            peers.add(peer);
            peer.send(request);
        }
    }

    private static void assertServesAndStops(ServerProcess server) throws Exception {
        assertThat(server.ask("alice", "x", "permit")).isEqualTo("ok");
        server.awaitLog("Memory for requests is used up");
        server.stop();
        assertThat(server.exitStatus()).isZero();
    }

    @Test
    void queuedLongUserNamesLeaveMemoryForLogins() throws Exception {
        TestScope.requireAll();
        String name = "\u00c4\u0080"
                + "a".repeat(3998); // the bytes of U+0100, for which a String takes two bytes per character
        try (ServerProcess server = startAsInstalled()) {
            connectAndSend(server, 9500, name + "\rx\rslow\n");
            assertServesAndStops(server);
        }
    }

    @Test
    void pipelinedLongPasswordsLeaveMemoryForLogins() throws Exception {
        TestScope.requireAll();
        String request = "bob\r" + "p".repeat(3900) + "\rslow\n";
        try (ServerProcess server = startAsInstalled()) {
            connectAndSend(server, 13_500, request + request);
            assertServesAndStops(server);
        }
    }

    @Test
    void unfinishedRequestsLeaveMemoryForLogins() throws Exception {
        try (ServerProcess server = startAsInstalled()) {
            connectAndSend(server, 13_500, "b");
            assertServesAndStops(server);
        }
    }

    @Test
    void exhaustedDirectMemoryExitsTheProcess() throws Exception {
        try (ServerProcess server = start("-XX:MaxDirectMemorySize=1m")) {
            for (int i = 0; i < 1000 && server.isAlive(); i++) {
                try {
                    connectAndSend(server, 1, "b");
                } catch (IOException e) {
                    break; // It has ended.
                }
            }
            assertThat(server.exitStatus()).isEqualTo(3);
        }
    }
}
