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
import org.x2go.authservice.testsupport.ProbeModule;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;

/** The packaged service at its limits of connections and open files. */
@Timeout(240)
class LimitsIT {
    private static final int IDLE = 10_000;

    @TempDir
    private Path directory;

    private final List<RawPeer> peers = new ArrayList<>();

    @BeforeEach
    void makePamService() throws IOException {
        Requirements.program("prlimit");
        Path confdir = Files.createDirectory(directory.resolve("pam"));
        Files.writeString(confdir.resolve("permit"), "auth required pam_permit.so\naccount required pam_permit.so\n");
    }

    @AfterEach
    void closePeers() throws IOException {
        for (RawPeer peer : peers) {
            peer.close();
        }
    }

    private ServerProcess.Builder server() {
        return ServerProcess.in(directory)
                .args("--pam-confdir", directory.resolve("pam").toString())
                .allow(List.of("permit"));
    }

    private void connect(ServerProcess server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            peers.add(server.connect());
        }
    }

    private static String login(RawPeer peer) throws IOException {
        return peer.send("alice\rx\rpermit\n").reply();
    }

    @Test
    void tenThousandIdleConnectionsAreServed() throws Exception {
        Requirements.require(OpenFiles.limit() > IDLE + 1000, "a limit of more than 11000 open files");
        try (ServerProcess server = server().start()) {
            connect(server, IDLE);
            for (int i = 0; i < IDLE; i += 100) {
                assertThat(login(peers.get(i))).isEqualTo("ok");
            }
            assertThat(server.ask("bob", "x", "permit")).isEqualTo("ok");
        }
    }

    @Test
    void modulesGetDescriptorsBelow1024() throws Exception {
        Requirements.require(OpenFiles.limit() > 3 * OpenFiles.SELECTABLE, "a limit of more than 3072 open files");
        Path module = ProbeModule.compileHavocIn(directory);
        Files.writeString(
                directory.resolve("pam/permit"),
                "auth required " + module + " select\naccount required pam_permit.so\n");
        try (ServerProcess server = server().args("--isolation", "thread").start()) {
            connect(server, OpenFiles.SELECTABLE + 76);
            assertThat(server.ask("bob", "x", "permit")).isEqualTo("ok");
            assertThat(login(peers.get(0))).isEqualTo("ok");
        }
    }

    @Test
    void fullConnectionLimitLeavesFilesForPam() throws Exception {
        try (ServerProcess server =
                server().launcher("prlimit", "--nofile=600:600").start()) {
            connect(server, 500);
            assertThat(login(peers.get(0))).isEqualTo("ok");
            Program.await(
                    "one too many is refused",
                    () -> server.log().stream().anyMatch(line -> line.contains("Connection limit")));
            assertThat(login(peers.get(0))).isEqualTo("ok");
            closePeers();
            peers.clear();
            Program.await(
                    "connections are accepted again", () -> Program.answers(server.socket()) && loginSucceeds(server));
        }
    }

    private static boolean loginSucceeds(ServerProcess server) {
        try {
            return server.ask("bob", "x", "permit").equals("ok");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void acceptContinuesAfterRunningOutOfFiles() throws Exception {
        // 128 is the smallest limit with which it starts. Each refused connection has a descriptor for a moment: 300
        // need more.
        try (ServerProcess server = server().args("--workers", "1")
                .launcher("prlimit", "--nofile=128:128")
                .start()) {
            connect(server, 300);
            Program.await(
                    "it says so",
                    () -> server.log().stream()
                            .anyMatch(line ->
                                    line.contains("Cannot accept connections") || line.contains("Connection limit")));
            closePeers();
            peers.clear();
            Program.await(
                    "connections are accepted again", () -> Program.answers(server.socket()) && loginSucceeds(server));
        }
    }

    @Test
    void killedServiceStartsAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (ServerProcess server = server().start()) {
                assertThat(server.ask("alice", "x", "permit")).isEqualTo("ok");
                server.kill();
                assertThat(server.socket()).exists();
            }
        }
    }
}
