package org.x2go.authservice.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.x2go.authservice.testsupport.DebianProgram;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;

/** Debian's whole session broker, unmodified, logs its users in through the packaged server. */
@Timeout(180)
class BrokerIT {
    private static final String SERVICE = "x2gobroker";

    @TempDir
    Path directory;

    private Path confdir;
    private ServerProcess server;
    private int servers;

    @BeforeEach
    void startServer() throws Exception {
        Requirements.root();
        Requirements.require(Broker.uid() >= 0, "the user " + Broker.USER + ", from Debian's package x2gobroker");
        // The broker's user reaches the socket and its own configuration through it.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        confdir = directory.resolve("pam.d");
        MatrixService.write(confdir, SERVICE, "alice:secret", "jürgen:größe€😀");
        server = newServer();
    }

    /** Starts one as Debian's unit does: its socket belongs to the broker's group. */
    private ServerProcess newServer() throws Exception {
        return ServerProcess.in(directory.resolve("server-" + servers++))
                .socket(directory.resolve("run/socket"))
                .args("--owner", "root", "--group", Broker.USER, "--permissions", "0660")
                .args("--pam-confdir", confdir.toString())
                .start();
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    private Broker startBroker() throws Exception {
        return Broker.start(directory.resolve("broker"), server.socket());
    }

    private void assertThatItWasDecidedHere(String verdict, String user) throws Exception {
        server.awaitLog(
                "INFO  " + verdict + " user=\"" + user + "\" service=\"" + SERVICE + "\" ",
                " peer_uid=" + Broker.uid());
    }

    private static void assertThatItIsLetIn(HttpResponse<String> answer) {
        assertThat(answer.body()).contains("Access granted", "START_USER_SESSIONS", "END_USER_SESSIONS");
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private static void assertThatItIsRefused(HttpResponse<String> answer) {
        assertThat(answer.body()).doesNotContain("Access granted", "SESSIONS", "AUTHID");
        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "alice, secret, ok",
        "alice, Secret, fail",
        "alice, größe€😀, fail",
        "mallory, secret, fail",
        "jürgen, größe€😀, ok",
        "jürgen, groesse, fail"
    })
    void testProgramPrintsTheVerdict(String user, String password, String verdict) throws Exception {
        Path files = directory.resolve("testauth");
        Program.Result ended = Broker.programs(files, server.socket())
                .run(
                        DebianProgram.file("/usr/bin/x2gobroker-testauth", "x2gobroker"),
                        "-C",
                        Broker.configuration(files).toString(),
                        "-b",
                        "zeroconf",
                        "-u",
                        user,
                        "-p",
                        password);

        boolean ok = verdict.equals("ok");
        assertThat(ended.out()).isEqualTo(ok ? "Authentication succeeded.\n" : "Authentication failed!\n");
        assertThat(ended.status() == 0).isEqualTo(ok);
        assertThatItWasDecidedHere(verdict, user);
    }

    @Test
    void httpLoginGetsTheVerdict() throws Exception {
        try (Broker broker = startBroker()) {
            assertThatItIsLetIn(broker.login("alice", "secret"));
            assertThatItWasDecidedHere("ok", "alice");

            assertThatItIsRefused(broker.login("alice", "guess"));
            assertThatItWasDecidedHere("fail", "alice");

            assertThatItIsLetIn(broker.login("jürgen", "größe€😀"));
            assertThatItWasDecidedHere("ok", "jürgen");

            assertThatItIsRefused(broker.login("jürgen", "große€😀"));
            assertThatItWasDecidedHere("fail", "jürgen");
        }
    }

    @Test
    void userNameCannotInjectAField() throws Exception {
        try (Broker broker = startBroker()) {
            assertThatItIsRefused(broker.login("alice\rsecret\rx2gobroker\n", "guess"));
            assertThatItIsRefused(broker.login("mallory\n", "x\ralice\rsecret"));
        }
    }

    @Test
    void brokenPamRefusesLoginsUntilRepaired() throws Exception {
        try (Broker broker = startBroker()) {
            Path file = confdir.resolve(SERVICE);
            String lines = Files.readString(file);
            Files.writeString(file, "auth required /no/such/module.so\n");
            assertThatItIsRefused(broker.login("alice", "secret"));
            server.awaitLog("WARN  error user=\"alice\" service=\"x2gobroker\" ");

            Files.writeString(file, lines);
            assertThatItIsLetIn(broker.login("alice", "secret"));
        }
    }

    @Test
    void stoppedServiceRefusesLoginsUntilRestarted() throws Exception {
        try (Broker broker = startBroker()) {
            assertThatItIsLetIn(broker.login("alice", "secret"));

            server.stop();
            assertThat(server.socket()).doesNotExist();
            assertThatItIsRefused(broker.login("alice", "secret"));
            assertThatItIsRefused(broker.login("root", "secret"));
            // It then asks PAM in its own process, which has no right to see other users' passwords.
            assertThat(broker.log()).contains("trying direct PAM authentication");

            server = newServer();
            assertThatItIsLetIn(broker.login("alice", "secret"));
            assertThatItWasDecidedHere("ok", "alice");
            assertThatItIsRefused(broker.login("alice", "guess"));
            assertThatItWasDecidedHere("fail", "alice");
        }
    }

    @Test
    void killedServicesSocketRefusesLoginsUntilReplaced() throws Exception {
        try (Broker broker = startBroker()) {
            server.kill();
            assertThat(Files.exists(server.socket())).isTrue();
            assertThatItIsRefused(broker.login("alice", "secret"));

            server = newServer();
            assertThatItIsLetIn(broker.login("alice", "secret"));
            assertThatItWasDecidedHere("ok", "alice");
        }
    }
}
