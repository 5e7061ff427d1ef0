package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.client.AuthServiceException.Kind;

/** Our client and the service that it was written to be compatible with. */
@Timeout(120)
class PythonServerIT {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path SERVER = Path.of("/usr/sbin/x2gobroker-authservice");
    private static final Path LIBRARIES = Path.of("/usr/lib");

    @TempDir
    Path directory;

    private final String service = "authservice-it-" + UUID.randomUUID();
    private final Path serviceFile = Path.of("/etc/pam.d", service);
    private Path pamMatrix = LIBRARIES;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void prepare() throws IOException {
        Prerequisite.root();
        Prerequisite.file(PYTHON);
        Prerequisite.file(SERVER);
        pamMatrix = findPamMatrix();
        Prerequisite.file(pamMatrix);
    }

    @AfterEach
    void cleanUp() throws IOException, InterruptedException {
        Files.deleteIfExists(serviceFile);
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void keptConnectionGetsBothVerdicts() throws Exception {
        Path socket = startServer();
        try (AuthClient client = AuthClient.builder().socket(socket).build()) {
            assertThat(client.authenticate("alice", "secret", service)).isTrue();
            for (int i = 0; i < 3; i++) {
                assertThat(client.authenticate("alice", "secret", service)).isTrue();
                assertThat(client.authenticate("alice", "guess", service)).isFalse();
                assertThat(client.authenticate("jürgen", "pässwörd密🔑".toCharArray(), service))
                        .isTrue();
                assertThat(client.authenticate("jürgen", "passwort".toCharArray(), service))
                        .isFalse();
                assertThat(client.authenticate("nobody-has-this-name", "secret", service))
                        .isFalse();
            }
            assertThat(connectionsOf(socket)).isEqualTo(1);
        }
    }

    @Test
    void concurrentCallsGetTheirVerdicts() throws Exception {
        Path socket = startServer();
        try (AuthClient client =
                AuthClient.builder().socket(socket).maxConnections(4).build()) {
            List<CompletableFuture<Boolean>> right = new ArrayList<>();
            List<CompletableFuture<Boolean>> wrong = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                right.add(client.authenticateAsync("alice", "secret", service));
                wrong.add(client.authenticateAsync("alice", "guess", service));
            }
            assertThat(right).allSatisfy(answer -> assertThat(answer.get()).isTrue());
            assertThat(wrong).allSatisfy(answer -> assertThat(answer.get()).isFalse());
        }
    }

    @Test
    void restartIsNoticedBeforeSending() throws Exception {
        Path socket = startServer();
        try (AuthClient client = AuthClient.builder().socket(socket).build()) {
            assertThat(client.authenticate("alice", "secret", service)).isTrue();
            started.get(0).destroyForcibly().waitFor();
            assertThat(catchThrowableOfType(AuthServiceException.class, () -> client.authenticate("alice", "secret"))
                            .kind())
                    .isEqualTo(Kind.UNAVAILABLE);
            startServer();
            assertThat(client.authenticate("alice", "secret", service)).isTrue();
        }
    }

    private Path startServer() throws IOException, InterruptedException {
        Path passwords = Files.writeString(
                directory.resolve("passwords"), "alice:secret:" + service + "\njürgen:pässwörd密🔑:" + service + "\n");
        String module = pamMatrix + " passdb=" + passwords + "\n";
        serviceFile.toFile().deleteOnExit(); // in case the JVM ends before cleanUp()
        Files.writeString(serviceFile, "auth required " + module + "account required " + module);
        // The server changes owner and mode of the directory that its socket is in.
        Path socket = Files.createDirectories(directory.resolve("run")).resolve("authservice.socket");
        Files.deleteIfExists(socket);
        Path log = directory.resolve("server-" + started.size() + ".log");
        Process process = new ProcessBuilder(
                        PYTHON.toString(), SERVER.toString(), "--socket-file", socket.toString(), "-i")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        started.add(process);
        Await.until("it listens, or has ended", () -> isListening(socket) || !process.isAlive());
        assertThat(process.isAlive()).as(() -> read(log)).isTrue();
        return socket;
    }

    /** Debian keeps it in a directory named after the machine's architecture. */
    private static Path findPamMatrix() throws IOException {
        try (DirectoryStream<Path> architectures = Files.newDirectoryStream(LIBRARIES, "*-linux-gnu*")) {
            for (Path architecture : architectures) {
                Path module = architecture.resolve("pam_wrapper/pam_matrix.so");
                if (Files.exists(module)) {
                    return module;
                }
            }
        }
        return LIBRARIES.resolve("pam_wrapper/pam_matrix.so");
    }

    private static boolean isListening(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    /** How many connections the kernel lists for the server's end of the socket. */
    private static long connectionsOf(Path socket) throws IOException {
        String connected = "03";
        return Files.readAllLines(Path.of("/proc/net/unix")).stream()
                .map(line -> line.split("\\s+", -1))
                .filter(fields -> fields.length == 8 && fields[7].equals(socket.toString()))
                .filter(fields -> fields[5].equals(connected))
                .count();
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "no log: " + e;
        }
    }
}
