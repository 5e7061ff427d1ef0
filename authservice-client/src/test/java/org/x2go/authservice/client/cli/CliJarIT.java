package org.x2go.authservice.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.client.FakeServer;
import org.x2go.authservice.client.Prerequisite;
import org.x2go.authservice.client.UntrustedServer;

/** The packaged command, as a process of its own. */
@Timeout(120)
class CliJarIT {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void loginPrintsTheVerdict() throws Exception {
        try (FakeServer server = FakeServer.answering(directory, user -> user.equals("jürgen") ? "ok\n" : "fail\n")) {
            assertThat(login(server.socket(), "jürgen")).isEqualTo(new Outcome(0, "Accepted.\n", ""));
            Outcome refused = login(server.socket(), "bob");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out()).startsWith("Refused: ").hasLineCount(1);
            assertThat(refused.err()).isEmpty();
            assertThat(server.requests()).containsExactly("jürgen\rpässwörd\rx2gobroker", "bob\rpässwörd\rx2gobroker");
        }
    }

    @Test
    void missingTerminalNamesPasswordStdin() throws Exception {
        Outcome outcome = run("", command("login", "alice"));
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith("authservice login: There is no terminal")
                .contains("--password-stdin")
                .hasLineCount(2);
    }

    @Test
    void missingServiceIsExplained() throws Exception {
        Outcome outcome = login(directory.resolve("none"), "alice");
        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("No verdict: There is no socket ").hasLineCount(1);
    }

    @Test
    void missingPermissionIsExplained() throws Exception {
        Prerequisite.root();
        Prerequisite.file(SETPRIV);
        Path jar = Files.copy(jar(), directory.resolve("client.jar"));
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
            Files.setPosixFilePermissions(server.socket(), PosixFilePermissions.fromString("rw-rw----"));
            List<String> command =
                    new ArrayList<>(List.of(SETPRIV.toString(), "--reuid=65534", "--regid=65534", "--clear-groups"));
            command.addAll(List.of(
                    JAVA.toString(),
                    "-jar",
                    jar.toString(),
                    "login",
                    "alice",
                    "--password-stdin",
                    "--socket",
                    server.socket().toString()));
            Outcome outcome = run("secret\n", command);
            assertThat(outcome.err())
                    .isEqualTo("No verdict: Permission denied: " + server.socket()
                            + ". Add this program's user to the group that may write to it (x2gobroker)\n");
            assertThat(outcome.code()).isEqualTo(3);
            assertThat(server.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", ""})
    void argumentOutsideTheLocaleIsNotSent(String locale) throws Exception {
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
            environment.put("LC_ALL", locale);
            List<String> inUtf8 = List.of("/bin/sh", "-c", "exec \"$@\" $(printf '%b' 'j\\303\\274rgen')", "sh");
            List<String> command = new ArrayList<>(inUtf8);
            command.addAll(command(
                    "login", "--password-stdin", "--socket", server.socket().toString()));
            Outcome outcome = run("secret\n", command);
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err())
                    .startsWith("authservice: An argument is not text in this locale (")
                    .contains(locale)
                    .contains("LC_ALL=C.UTF-8")
                    .hasLineCount(1);
            assertThat(server.connections()).isZero();

            // A password from standard input is bytes, whatever the locale.
            Outcome accepted = login(server.socket(), "alice");
            assertThat(accepted.code()).isZero();
            assertThat(server.requests()).containsExactly("alice\rpässwörd\rx2gobroker");
        }
    }

    @Test
    void typedPasswordOutsideTheLocaleIsNotSent() throws Exception {
        Prerequisite.file(PYTHON);
        Path terminal = Files.writeString(directory.resolve("terminal.py"), """
                import os, pty, sys
                child, terminal = pty.fork()
                if child == 0:
                    os.execv(sys.argv[1], sys.argv[1:])
                shown = b""
                while b"Password" not in shown:
                    shown += os.read(terminal, 1000)
                os.write(terminal, "pässwörd\\n".encode())
                try:
                    while more := os.read(terminal, 1000):
                        shown += more
                except OSError:
                    pass  # the terminal was closed by the child's end
                sys.stdout.buffer.write(shown)
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                """);
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
            List<String> command = new ArrayList<>(List.of(PYTHON.toString(), terminal.toString()));
            command.addAll(command("login", "alice", "--socket", server.socket().toString()));
            environment.put("LC_ALL", "C");
            Outcome outcome = run("", command);
            assertThat(outcome.out()).contains("The password is not text in this locale (LC_ALL=C)");
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(server.connections()).isZero();

            environment.put("LC_ALL", "C.UTF-8");
            assertThat(run("", command).code()).isZero();
            assertThat(server.requests()).containsExactly("alice\rpässwörd\rx2gobroker");
        }
    }

    @Test
    void untrustedServerIsNotSentThePassword() throws Exception {
        try (UntrustedServer untrusted = UntrustedServer.start(directory)) {
            Outcome refused = login(untrusted.socket(), "alice");
            assertThat(refused.code()).isEqualTo(3);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err())
                    .startsWith("No verdict: " + untrusted.socket() + " is served by the user " + UntrustedServer.USER)
                    .contains("--server-user")
                    .hasLineCount(1);
            Outcome bench = run("secret\n", bench(untrusted.socket()));
            assertThat(bench.code()).isEqualTo(3);
            assertThat(bench.err()).contains(untrusted.socket() + " is served by the user " + UntrustedServer.USER);
            assertThat(untrusted.sent()).isEmpty();

            List<String> named = command("login", "alice", "--password-stdin", "--server-user", UntrustedServer.USER);
            named.addAll(List.of("--socket", untrusted.socket().toString()));
            assertThat(run("secret\n", named)).isEqualTo(new Outcome(0, "Accepted.\n", ""));
            assertThat(untrusted.sent()).isEqualTo("alice\rsecret\rx2gobroker\n");
        }
    }

    private static List<String> bench(Path socket) {
        return command("bench", "--password-stdin", "--warmup", "0", "--duration", "1", "--socket", socket.toString());
    }

    @Test
    void versionIsPrinted() throws Exception {
        Outcome outcome = run("", command("--version"));
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).matches("authservice \\d+\\.\\d+\\.\\d+\\S*\n");
        assertThat(outcome.err()).isEmpty();
    }

    private static Path jar() {
        return Path.of(System.getProperty("authservice.client.cli.jar"));
    }

    private Outcome login(Path socket, String user) throws IOException, InterruptedException {
        return run("pässwörd\n", command("login", user, "--password-stdin", "--socket", socket.toString()));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-jar", jar().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private Outcome run(String input, List<String> command) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8"); // for the arguments
        builder.environment().keySet().removeAll(List.of("LANG", "LC_CTYPE"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(UTF_8));
        }
        return new Outcome(process.waitFor(), Files.readString(out), Files.readString(err));
    }

    private record Outcome(int code, String out, String err) {}
}
