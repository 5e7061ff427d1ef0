package org.x2go.authservice.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.DebianProgram;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;

/** The broker's own client, as Debian packages it, asks the packaged server. */
@Timeout(120)
class PythonClientIT {
    private static final String LIBRARY = "/usr/lib/python3/dist-packages/x2gobroker/authservice.py";
    private static final String SCRIPT = "import sys\nfrom x2gobroker.authservice import authenticate\n"
            + "print([authenticate(*triple.split('|')) for triple in sys.argv[1:]])";

    @TempDir
    static Path directory;

    private static DebianProgram python;
    private static ServerProcess server;

    @BeforeAll
    static void startServer() throws Exception {
        DebianProgram.file(LIBRARY, "python3-x2gobroker");
        Path confdir = directory.resolve("pam.d");
        MatrixService.write(confdir, "x2gobroker", "alice:secret", "jürgen:größe€😀");
        MatrixService.write(confdir, "site", "alice:other secret");
        permitAll(confdir, "su");
        server = start("server");
        python = clientOf(server.socket());
    }

    private static ServerProcess start(String name) throws IOException, InterruptedException {
        return ServerProcess.in(directory.resolve(name))
                .args("--pam-confdir", directory.resolve("pam.d").toString())
                .allow(List.of("x2gobroker", "site"))
                .start();
    }

    private static DebianProgram clientOf(Path socket) throws IOException {
        return DebianProgram.in(directory.resolve("client")).with("X2GOBROKER_AUTHSERVICE_SOCKET", socket.toString());
    }

    private static void permitAll(Path confdir, String service) throws IOException {
        Path permit = Requirements.pamModule("pam_permit.so");
        Files.write(confdir.resolve(service), List.of("auth required " + permit, "account required " + permit));
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    /** What the client makes of each "user|password" or "user|password|service". */
    private static String authenticate(String... requests) throws Exception {
        return authenticate(python, requests);
    }

    private static String authenticate(DebianProgram client, String... requests) throws Exception {
        String[] args = new String[requests.length + 2];
        args[0] = "-c";
        args[1] = SCRIPT;
        System.arraycopy(requests, 0, args, 2, requests.length);
        Program.Result ended = client.run(args);
        assertThat(ended.status()).as(ended.err()).isZero();
        return ended.out().strip();
    }

    @Test
    void rightPasswordIsAccepted() throws Exception {
        assertThat(authenticate("alice|secret")).isEqualTo("[True]");
        server.awaitLog("INFO  ok user=\"alice\" service=\"x2gobroker\" ", " peer_uid=" + Requirements.uid());
    }

    @Test
    void wrongPasswordsAndUnknownUsersAreRefused() throws Exception {
        assertThat(authenticate("alice|Secret", "alice|größe€😀", "mallory|secret", "alice|"))
                .isEqualTo("[False, False, False, False]");
        server.awaitLog("INFO  fail user=\"mallory\" service=\"x2gobroker\" ");
    }

    @Test
    void usersAndPasswordsMayBeOutsideAscii() throws Exception {
        assertThat(authenticate("jürgen|größe€😀", "jürgen|große€😀", "jurgen|größe€😀"))
                .isEqualTo("[True, False, False]");
        server.awaitLog("INFO  ok user=\"jürgen\" ");
    }

    @Test
    void parallelLoginsGetTheirOwnVerdicts() throws Exception {
        String[] requests = new String[60];
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < requests.length; i++) {
            boolean right = i % 3 == 0;
            requests[i] = right ? "alice|secret" : "alice|guess " + i;
            expected.append(i == 0 ? "[" : ", ").append(right ? "True" : "False");
        }
        assertThat(authenticate(requests)).isEqualTo(expected + "]");
    }

    @Test
    void chosenServiceDecides() throws Exception {
        assertThat(authenticate("alice|other secret|site", "alice|other secret|x2gobroker", "alice|secret|site"))
                .isEqualTo("[True, False, False]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-service", "other", "", "su", "SU", "../pam.d/su", "X2GOBROKER", "./x2gobroker"})
    void disallowedServiceFails(String service) throws Exception {
        assertThat(authenticate("root|secret|" + service, "alice|secret|" + service))
                .isEqualTo("[False, False]");
    }

    /** By a server of its own, since it sums up the refusals that soon follow the first. */
    @Test
    void disallowedServiceIsNamedInTheLog() throws Exception {
        try (ServerProcess fresh = start("fresh")) {
            assertThat(authenticate(clientOf(fresh.socket()), "root|anything|su"))
                    .isEqualTo("[False]");
            fresh.awaitLog("INFO  fail user=\"root\" service=\"su\" reason=\"service not allowed\"");
        }
    }

    @Test
    void missingSocketIsNoLogin() throws Exception {
        DebianProgram withoutService = clientOf(directory.resolve("none"));
        Program.Result ended = withoutService.run("-c", SCRIPT, "alice|secret");
        assertThat(ended.status()).isNotZero();
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("FileNotFoundError");
    }
}
