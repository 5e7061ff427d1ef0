package org.x2go.authservice.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.client.Prerequisite;
import org.x2go.authservice.client.UntrustedServer;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.vectors.Vectors.Vector;

/** The example clients, run as commands, do as the vectors say. */
@Timeout(120)
class ExampleClientsIT {
    private static final Path EXAMPLES =
            Path.of("../dist/examples").toAbsolutePath().normalize();
    private static final int ACCEPTED = 0;
    private static final int REFUSED = 1;
    private static final int UNSENDABLE = 2;
    private static final int NO_VERDICT = 3;

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();

    /** How each is called: "$1" is the user, "$2" the service. */
    enum Client {
        PYTHON("python/authservice.py --service \"$2\" -- \"$1\"", "/usr/bin/python3"),
        SHELL("shell/authservice-login \"$1\" \"$2\"", "/usr/bin/socat"),
        SHELL_WITH_NC("shell/authservice-login \"$1\" \"$2\"", "/usr/bin/nc");

        private final String command;
        private final Path needed;

        Client(String command, String needed) {
            this.command = command;
            this.needed = Path.of(needed);
        }
    }

    private static Stream<Arguments> each(String kind) {
        return Stream.of(Client.values())
                .flatMap(client -> Vectors.of(kind).map(vector -> Arguments.of(client, vector)));
    }

    static Stream<Arguments> requests() {
        return each("request");
    }

    /** The vectors that can be passed to a command: without NUL, and without LF in the password. */
    static Stream<Arguments> unsendables() {
        return each("unsendable").filter(each -> {
            Vector vector = (Vector) each.get()[1];
            boolean nul =
                    Stream.of(0, 1, 2).anyMatch(field -> vector.text(field).contains("\0"));
            return !nul && !vector.text(1).contains("\n");
        });
    }

    static Stream<Arguments> replies() {
        return each("reply");
    }

    /**
     * Runs a client, and returns its exit status. The arguments are in a script, as bytes: Java would encode them as the
     * locale says.
     */
    private int run(Client client, Path socket, byte[] user, byte[] password, byte[] service)
            throws IOException, InterruptedException {
        Prerequisite.file(client.needed);
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        script.writeBytes("set -- ".getBytes(UTF_8));
        quote(script, user);
        script.write(' ');
        quote(script, service);
        script.writeBytes(("\nexec " + EXAMPLES + "/" + client.command + "\n").getBytes(UTF_8));
        Path file = Files.write(directory.resolve("run"), script.toByteArray());
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(password);
        line.write('\n');
        Path input = Files.write(directory.resolve("in"), line.toByteArray());
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", file.toString())
                .redirectInput(input.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().put("X2GOBROKER_AUTHSERVICE_SOCKET", socket.toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().putAll(environment);
        if (client == Client.SHELL_WITH_NC) {
            builder.environment().put("PATH", pathWithoutSocat().toString());
        }
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it hangs");
        }
        assertThat(directory.resolve("out")).isEmptyFile();
        return process.exitValue();
    }

    private Path pathWithoutSocat() throws IOException {
        Path path = Files.createDirectories(directory.resolve("bin"));
        for (String name : List.of("id", "ls", "nc", "tr")) {
            Path program = Files.writeString(path.resolve(name), "#!/bin/sh\nexec /usr/bin/" + name + " \"$@\"\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        }
        return path;
    }

    private static void quote(ByteArrayOutputStream script, byte[] word) {
        script.write('\'');
        for (byte b : word) {
            if (b == '\'') {
                script.writeBytes("'\\''".getBytes(UTF_8));
            } else {
                script.write(b);
            }
        }
        script.write('\'');
    }

    private String complaint() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void requestMatchesTheVector(Client client, Vector request) throws Exception {
        Path socket = directory.resolve("s");
        try (ScriptedService service = new ScriptedService(socket, new byte[] {'o', 'k', '\n'})) {
            assertThat(run(client, socket, request.bytes(0), request.bytes(1), request.bytes(2)))
                    .as(complaint())
                    .isEqualTo(ACCEPTED);
            assertThat(service.line()).isEqualTo(request.bytes(3));
        }
    }

    @ParameterizedTest
    @MethodSource("unsendables")
    void unsendableVectorIsNotSent(Client client, Vector unsendable) throws Exception {
        Path socket = directory.resolve("s");
        try (ScriptedService service = new ScriptedService(socket, new byte[] {'o', 'k', '\n'})) {
            assertThat(run(client, socket, unsendable.bytes(0), unsendable.bytes(1), unsendable.bytes(2)))
                    .isEqualTo(UNSENDABLE);
            assertThat(service.wasAsked()).isFalse();
            assertThat(complaint()).hasLineCount(1);
        }
    }

    @ParameterizedTest
    @MethodSource("replies")
    void answerMatchesTheVector(Client client, Vector reply) throws Exception {
        Path socket = directory.resolve("s");
        int meaning = switch (reply.text(1)) {
            case "yes" -> ACCEPTED;
            case "no" -> REFUSED;
            default -> NO_VERDICT;
        };
        try (ScriptedService service = new ScriptedService(socket, reply.bytes(0))) {
            byte[] word = "word".getBytes(UTF_8);
            assertThat(run(client, socket, word, word, word)).as(complaint()).isEqualTo(meaning);
            assertThat(service.wasAsked()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void realServiceAnswers(Client client) throws Exception {
        List<Vector> accounts = Vectors.of("account").toList();
        AuthServerConfig config = AuthServerConfig.builder(directory.resolve("s"))
                .services(ServicePolicy.allowing(List.of("x2gobroker", "site")))
                .build();
        try (AuthServer server = AuthServer.start(config, new AccountTable(accounts))) {
            for (Vector account : accounts) {
                byte[] user = account.bytes(0);
                byte[] service = account.bytes(2);
                assertThat(run(client, server.socketPath(), user, account.bytes(1), service))
                        .isEqualTo(ACCEPTED);
                assertThat(run(client, server.socketPath(), user, "wrong".getBytes(UTF_8), service))
                        .isEqualTo(REFUSED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h alice", "alice --help", "-halice", "--hel alice", "--version alice"})
    void pythonClientsHelpIsWrongUsage(String arguments) throws Exception {
        Path socket = directory.resolve("s");
        try (ScriptedService service = new ScriptedService(socket, new byte[] {'o', 'k', '\n'})) {
            List<String> command = new ArrayList<>(
                    List.of("/usr/bin/python3", EXAMPLES + "/python/authservice.py", "--socket", socket.toString()));
            command.addAll(List.of(arguments.split(" ")));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("out").toFile())
                    .start();
            process.getOutputStream().close();
            assertThat(process.waitFor()).isEqualTo(UNSENDABLE);
            assertThat(service.wasAsked()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void missingServiceIsExplained(Client client) throws Exception {
        Path nowhere = directory.resolve("nowhere");
        byte[] word = "word".getBytes(UTF_8);

        assertThat(run(client, nowhere, word, word, word)).isEqualTo(NO_VERDICT);
        assertThat(complaint()).contains(nowhere.toString());
    }

    @ParameterizedTest
    @EnumSource
    void untrustedServerIsNotSentThePassword(Client client) throws Exception {
        byte[] word = "word".getBytes(UTF_8);
        try (UntrustedServer untrusted = UntrustedServer.start(directory)) {
            assertThat(run(client, untrusted.socket(), word, word, word)).isEqualTo(NO_VERDICT);
            assertThat(complaint())
                    .contains(untrusted.socket() + " ", UntrustedServer.USER, "X2GOBROKER_AUTHSERVICE_SERVER_USER")
                    .hasLineCount(1);
            environment.put("X2GOBROKER_AUTHSERVICE_SERVER_USER", "nobody");
            assertThat(run(client, untrusted.socket(), word, word, word)).isEqualTo(NO_VERDICT);
            assertThat(untrusted.sent()).isEmpty();

            environment.put("X2GOBROKER_AUTHSERVICE_SERVER_USER", UntrustedServer.USER);
            assertThat(run(client, untrusted.socket(), word, word, word)).isEqualTo(ACCEPTED);
            assertThat(untrusted.sent()).isEqualTo("word\rword\rword\n");
        }
    }

    @Test
    void everyVectorKindIsKnown() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("../docs/protocol-vectors.tsv"))) {
            assertThat(lines.filter(line -> !line.isEmpty() && !line.startsWith("#"))
                            .map(line -> line.substring(0, line.indexOf('\t'))))
                    .isSubsetOf("account", "request", "unsendable", "reply", "exchange");
        }
    }
}
