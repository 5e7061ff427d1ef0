package org.x2go.authservice.client.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.client.FakeServer;
import picocli.CommandLine;

@Timeout(60)
class LoginCommandTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> questions = new ArrayList<>();
    private byte[] input = new byte[0];
    private char @Nullable [] typed = "secret".toCharArray();

    @ParameterizedTest
    @CsvSource({"ok, 0, Accepted.", "fail, 1, Refused:"})
    void verdictIsPrintedAndExitCode(String word, int code, String line) throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> word + "\n")) {
            assertThat(login(server, "alice")).isEqualTo(code);
            assertThat(out.toString()).startsWith(line).hasLineCount(1);
            assertThat(err.toString()).isEmpty();
            assertThat(server.requests()).containsExactly("alice\rsecret\rx2gobroker");
            assertThat(questions).containsExactly("Password of alice: ");
        }
    }

    @ParameterizedTest
    @CsvSource({"error, reached no verdict", "bad, rejected the request as malformed", "what, did not send an answer"})
    void missingVerdictIsExplainedInOneLine(String word, String reason) throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> word + "\n")) {
            assertThat(login(server, "alice")).isEqualTo(ExitCode.NO_VERDICT);
            assertThat(out.toString()).isEmpty();
            assertThat(err.toString())
                    .startsWith("No verdict: ")
                    .contains(reason, server.socket().toString())
                    .hasLineCount(1);
        }
    }

    @Test
    void missingServiceIsExplainedInOneLine() {
        assertThat(execute("login", "alice", "--socket", directory + "/none")).isEqualTo(ExitCode.NO_VERDICT);
        assertThat(err.toString())
                .startsWith("No verdict: There is no socket " + directory + "/none")
                .hasLineCount(1);
    }

    @Test
    void pamServiceAndTimeoutAreOptions() throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
            assertThat(login(server, "alice", "--service", "login", "--timeout", "5"))
                    .isZero();
            assertThat(server.requests()).containsExactly("alice\rsecret\rlogin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pässwörd 🔑", "pässwörd 🔑\n", "pässwörd 🔑\nmore\n"})
    void passwordIsReadFromStandardInput(String sent) throws IOException {
        input = sent.getBytes(UTF_8);
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
            assertThat(login(server, "alice", "--password-stdin")).isZero();
            assertThat(server.requests()).containsExactly("alice\rpässwörd 🔑\rx2gobroker");
            assertThat(questions).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\nsecret\n"})
    void emptyPasswordIsSent(String sent) throws IOException {
        input = sent.getBytes(UTF_8);
        try (FakeServer server = FakeServer.answering(directory, user -> "fail\n")) {
            assertThat(login(server, "alice", "--password-stdin")).isEqualTo(ExitCode.FAIL);
            assertThat(server.requests()).containsExactly("alice\r\rx2gobroker");
        }
    }

    @Test
    void typedPasswordIsWiped() throws IOException {
        char[] password = "secret".toCharArray();
        typed = password;
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
            assertThat(login(server, "alice")).isZero();
        }
        assertThat(password).containsOnly('\0');
    }

    @Test
    void unsendablePasswordIsWrongUsage() throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
            input = "hunter2\r\n".getBytes(UTF_8);
            assertWrongUsage(login(server, "alice", "--password-stdin"), "The password holds a carriage return");
            input = "hünter2".getBytes(ISO_8859_1);
            assertWrongUsage(login(server, "alice", "--password-stdin"), "The password is not UTF-8");
            input = "hunter2".repeat(1000).getBytes(UTF_8);
            assertWrongUsage(login(server, "alice", "--password-stdin"), "The password is too long");
            input = "hunter2".getBytes(UTF_8);
            assertWrongUsage(login(server, "", "--password-stdin"), "The user is empty");
            typed = null;
            assertWrongUsage(login(server, "alice"), "No password was given");
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void missingTerminalNamesPasswordStdin() {
        PasswordInput.Prompt nobody = question -> {
            throw new IllegalArgumentException("use --password-stdin");
        };
        assertWrongUsage(execute(nobody, "login", "alice"), "use --password-stdin");
    }

    @Test
    void wrongUsageIsExplainedInTwoLines() {
        assertWrongUsage(execute(), "Missing required subcommand");
        assertWrongUsage(execute("login"), "Missing required parameter: 'USER'");
        assertWrongUsage(execute("login", "alice", "bob"), "Unknown argument 'bob'");
        assertWrongUsage(execute("login", "alice", "bob"), "See \"authservice login --help\"");
        assertWrongUsage(execute("login", "alice", "--pasword-stdin"), "Unknown option '--pasword-stdin'");
        assertWrongUsage(execute("login", "alice", "--pasword-stdin"), "Possible solutions: --password-stdin");
        assertWrongUsage(
                execute("login", "alice", "--timeout", "soon"),
                "Invalid value for option '--timeout': 'soon' is not a whole number");
        assertWrongUsage(
                execute("login", "alice", "--timeout", "0"),
                "The timeout must be more than 0 and at most 86400 seconds");
        assertThat(questions).isEmpty();
    }

    @Test
    void unknownCommandSuggestsASimilarOne() {
        assertThat(execute("logon")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("logon", "authservice login").hasLineCount(2);
    }

    @Test
    void helpAndVersionAloneExitWithZero() {
        assertThat(execute("--help")).isZero();
        assertThat(execute("help", "login")).isZero();
        assertThat(out.toString())
                .contains("login", "--password-stdin", "Exit codes:", "$X2GOBROKER_AUTHSERVICE_SOCKET");
        assertThat(execute("bench", "-h")).isZero();
        assertThat(execute("bench", "--help")).isZero();
        assertThat(out.toString()).contains("--connections=N");
        assertThat(execute("--version")).isZero();
        assertThat(out.toString()).contains("authservice ");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help"})
    void loginHelpDoesNotExitWithZero(String option) {
        assertThat(execute("login", option)).isEqualTo(ExitCode.USAGE);
        assertThat(out.toString()).contains("--password-stdin", "Exit codes:");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "login alice --password-stdin -h",
                "login alice --password-stdin --help",
                "login -h alice",
                "login -V alice",
                "login alice --version",
                "login --password-stdin -hname",
                "login --password-stdin -Vname",
                "-h login alice",
                "--help login alice",
                "--version login alice",
                "-V login alice",
                "-hV",
                "-h alice",
                "-h login",
                "--help bench",
                "bench -h --json",
                "bench --json --help",
                "bench --version"
            })
    void helpAmongOtherArgumentsIsWrongUsage(String line) throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
            assertThat(execute(line.split(" "))).isEqualTo(ExitCode.USAGE);
            assertThat(err.toString()).hasLineCount(2);
            assertThat(out.toString()).isEmpty();
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void userMayBeginWithAtSign() throws IOException {
        input = "secret".getBytes(UTF_8);
        try (FakeServer evil = FakeServer.answering(directory, user -> "ok\n")) {
            Path file = Files.writeString(directory.resolve("arguments"), "--socket=" + evil.socket() + " eve");
            String none = directory + "/none";
            assertThat(execute("login", "--password-stdin", "--socket", none, "@" + file))
                    .isEqualTo(ExitCode.NO_VERDICT);
            assertThat(execute("login", "--password-stdin", "--socket", none, "--", "@" + file))
                    .isEqualTo(ExitCode.NO_VERDICT);
            assertThat(evil.connections()).isZero();
            assertThat(login(evil, "@" + file, "--password-stdin")).isZero();
            assertThat(evil.requests()).containsExactly("@" + file + "\rsecret\rx2gobroker");
        }
    }

    @Test
    void passwordOutsideTheLocaleIsNotSent() throws IOException {
        char[] password = "p\uFFFDssw\uFFFDrd".toCharArray();
        typed = password;
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
            assertWrongUsage(login(server, "alice"), "The password is not text in this locale (");
            assertThat(server.connections()).isZero();
        }
        assertThat(password).containsOnly('\0');
    }

    private void assertWrongUsage(int code, String message) {
        assertThat(code).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message).hasLineCount(2).doesNotContain("hunter2");
        assertThat(out.toString()).isEmpty();
        err.getBuffer().setLength(0);
    }

    private int login(FakeServer server, String user, String... options) {
        List<String> arguments = new ArrayList<>(
                List.of("login", user, "--socket", server.socket().toString()));
        arguments.addAll(List.of(options));
        return execute(arguments.toArray(new String[0]));
    }

    private int execute(String... arguments) {
        PasswordInput.Prompt user = question -> {
            questions.add(question);
            return typed;
        };
        return execute(user, arguments);
    }

    private int execute(PasswordInput.Prompt prompt, String... arguments) {
        CommandLine commandLine = Main.commandLine(prompt, Channels.newChannel(new ByteArrayInputStream(input)));
        return commandLine
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
