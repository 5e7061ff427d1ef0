package org.x2go.authservice.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.client.FakeServer;
import picocli.CommandLine;

@Timeout(60)
class BenchCommandTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void eachConnectionHasAUserOfItsOwn() throws IOException {
        try (FakeServer server = answering("ok\n")) {
            assertThat(bench(server, "--keep", "--connections", "3", "--user", "u%d"))
                    .isZero();
            assertThat(server.connections()).isEqualTo(3);
            assertThat(server.requests())
                    .contains("u1\rsecret\rx2gobroker", "u2\rsecret\rx2gobroker", "u3\rsecret\rx2gobroker")
                    .allMatch(request -> request.matches("u[123]\rsecret\rx2gobroker"));
        }
        assertThat(out.toString()).contains("3 connections, kept", "answers/s", "p99.9", "right password");
        assertThat(err.toString()).contains("measuring, 0 s left: ");
    }

    @Test
    void connectionsAreNotKeptByDefault() throws IOException {
        try (FakeServer server = answering("ok\n")) {
            assertThat(bench(server, "--connections", "1")).isZero();
            assertThat(server.connections())
                    .isGreaterThanOrEqualTo(server.requests().size())
                    .isGreaterThan(1);
        }
    }

    @Test
    void wrongPasswordsAreSpreadEvenly() throws IOException {
        try (FakeServer server = answering("fail\n")) {
            assertThat(bench(server, "--keep", "--connections", "1", "--wrong-share", "25"))
                    .isEqualTo(ExitCode.FAIL);
            List<String> firstEight = server.requests().subList(0, 8);
            assertThat(Collections.frequency(firstEight, "bench\rsecret~\rx2gobroker"))
                    .isEqualTo(2);
        }
        assertThat(out.toString()).contains("wrong password");
    }

    @Test
    void exitStatusIsOneIfEveryRightPasswordIsRefused() throws IOException {
        try (FakeServer server = answering("fail\n")) {
            assertThat(bench(server, "--user", "alice", "--service", "site")).isEqualTo(ExitCode.FAIL);
        }
        assertThat(err.toString())
                .contains(
                        "Every right password was refused: check that it is the password of alice, and that the service"
                                + " allows the PAM service site");
        assertThat(out.toString()).contains("answers/s");
    }

    @Test
    void oneAcceptedPasswordExitsWithZero() throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> user.equals("u1") ? "ok\n" : "fail\n")) {
            assertThat(bench(server, "--user", "u%d")).isZero();
        }
    }

    @Test
    void refusedWrongPasswordsExitWithZero() throws IOException {
        try (FakeServer server = answering("fail\n")) {
            assertThat(bench(server, "--wrong-share", "100")).isZero();
        }
    }

    @Test
    void userMayBeginWithAtSign() throws IOException {
        Path file = Files.writeString(directory.resolve("arguments"), "eve");
        try (FakeServer server = answering("ok\n")) {
            assertThat(bench(server, "--user", "@" + file)).isZero();
            assertThat(server.requests()).contains("@" + file + "\rsecret\rx2gobroker");
        }
    }

    @Test
    void jsonIsOneLine() throws IOException {
        try (FakeServer server = answering("error\n")) {
            assertThat(bench(server, "--json", "--idle", "5", "--connections", "2"))
                    .isZero();
        }
        assertThat(out.toString())
                .hasLineCount(1)
                .startsWith("{\"protocol\":\"authservice\",\"connections\":2,\"keep\":false,")
                .contains("\"ok\":0,", "\"idle\":5,\"still_idle\":5,", "\"p99.9\":", "\"wrong\":null")
                .endsWith("}}\n");
    }

    @Test
    void closedConnectionsExitWithNoVerdict() throws IOException {
        try (FakeServer server = FakeServer.start(directory, FakeServer.Peer::read)) {
            assertThat(bench(server)).isEqualTo(ExitCode.NO_VERDICT);
        }
        assertThat(err.toString()).contains("The service at " + directory, " answered nothing");
        assertThat(out.toString()).contains("no answer");
    }

    @Test
    void silentServiceExitsWithNoVerdict() throws IOException {
        try (FakeServer server = FakeServer.start(directory, FakeServer.Peer::awaitEnd)) {
            assertThat(bench(server, "--connections", "4")).isEqualTo(ExitCode.NO_VERDICT);
        }
        assertThat(out.toString()).containsPattern("still waiting +4");
    }

    @Test
    void brokenConnectionsAreReplaced() throws IOException {
        try (FakeServer server = FakeServer.start(directory, peer -> {
            if (peer.number() > 2) {
                peer.answerAll(user -> "ok\n");
            }
        })) {
            assertThat(bench(server, "--keep", "--connections", "2")).isZero();
            assertThat(server.connections()).isEqualTo(4);
        }
    }

    @Test
    void clientsWaitWhileTheBacklogIsFull() throws IOException {
        try (FakeServer server = answering("ok\n")) {
            assertThat(bench(server, "--connections", "300")).isZero();
        }
        assertThat(out.toString()).contains("300 connections").doesNotContain("no answer");
    }

    @Test
    void missingServiceIsExplained() {
        assertThat(execute("--socket", directory + "/none")).isEqualTo(ExitCode.NO_VERDICT);
        assertThat(err.toString())
                .contains("Cannot connect to " + directory
                        + "/none: No such file or directory. Check that the service is running");
    }

    @Test
    void valuesOutOfRangeAreWrongUsage() {
        assertWrongUsage("--connections must be 1 to 10000", "--connections", "0");
        assertWrongUsage("--wrong-share must be 0 to 100", "--wrong-share", "101");
        assertWrongUsage("--duration must be 1 to", "--duration", "0");
        assertWrongUsage("--warmup must be 0 to", "--warmup", "-1");
        assertWrongUsage("--idle must be 0 to", "--idle", "-1");
        assertWrongUsage("leave --keep out", "--protocol", "saslauthd", "--keep");
        assertWrongUsage("mutually exclusive", "--reconnect", "--keep");
        assertWrongUsage("The user is empty", "--user", "");
        assertWrongUsage("expected one of [AUTHSERVICE, SASLAUTHD]", "--protocol", "sasl");
        assertWrongUsage("'many' is not a whole number", "--connections", "many");
        assertWrongUsage("Unknown argument 'alice'", "alice");
        assertWrongUsage("Unknown option '--users'", "--users", "alice");
    }

    private void assertWrongUsage(String message, String... options) {
        assertThat(execute(options)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message).hasLineCount(2);
        err.getBuffer().setLength(0);
    }

    private FakeServer answering(String reply) throws IOException {
        return FakeServer.answering(directory, user -> reply);
    }

    private int bench(FakeServer server, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("--socket", server.socket().toString(), "--warmup", "0", "--duration", "1"));
        arguments.addAll(List.of(options));
        return execute(arguments.toArray(new String[0]));
    }

    private int execute(String... options) {
        List<String> arguments = new ArrayList<>(List.of("bench", "--password-stdin"));
        arguments.addAll(List.of(options));
        CommandLine commandLine = Main.commandLine(
                question -> "typed".toCharArray(),
                Channels.newChannel(new ByteArrayInputStream("secret\n".getBytes(UTF_8))));
        return commandLine
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(new String[0]));
    }
}
