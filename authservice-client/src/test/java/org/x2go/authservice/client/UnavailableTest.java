package org.x2go.authservice.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.client.AuthServiceException.Kind;

/** The messages when no service can be reached. */
@Timeout(60)
class UnavailableTest {
    @TempDir
    Path directory;

    @Test
    void missingSocketIsUnavailable() {
        Path socket = directory.resolve("none.socket");
        assertThat(failureAt(socket))
                .hasMessage("There is no socket " + socket
                        + ": start x2gobroker-authservice, or set the path of its socket");
    }

    @Test
    void missingDirectoryIsUnavailable() {
        assertThat(failureAt(directory.resolve("none/none.socket"))).hasMessageStartingWith("There is no socket ");
    }

    @Test
    void socketWithoutListenerIsUnavailable() throws IOException {
        Path socket = directory.resolve("dead.socket");
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket)).close();
        assertThat(failureAt(socket)).hasMessage("No process listens on " + socket + ": start x2gobroker-authservice");
    }

    @Test
    void regularFileIsUnavailable() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(failureAt(file)).hasMessageStartingWith("No process listens on " + file);
    }

    @Test
    void tooLongPathIsUnavailable() throws IOException {
        int room = 107 - (directory + "/").getBytes(UTF_8).length - "ü".getBytes(UTF_8).length;
        Path longest = directory.resolve("ü" + "x".repeat(room));
        assertThat(failureAt(longest)).hasMessageStartingWith("There is no socket " + longest);

        Path longer = directory.resolve("ü" + "x".repeat(room + 1));
        String message = "The socket's path " + longer + " has 108 bytes, and the system allows 107";
        assertThat(failureAt(longer)).hasMessageStartingWith(message);
        Files.createFile(longer);
        assertThat(failureAt(longer)).hasMessageStartingWith(message);
    }

    @Test
    void datagramSocketIsUnavailable() throws IOException, InterruptedException {
        Path python = Path.of("/usr/bin/python3");
        Prerequisite.file(python);
        Path socket = directory.resolve("datagrams");
        String bind = "import socket, sys; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(sys.argv[1])";
        new ProcessBuilder(python.toString(), "-c", bind, socket.toString())
                .start()
                .waitFor();
        assertThat(failureAt(socket).getMessage()).contains(socket.toString());
    }

    @Test
    void serviceStartedAfterAFailedCallIsFound() throws IOException {
        Path socket = directory.resolve("fake.socket");
        try (AuthClient client = AuthClient.builder().socket(socket).build()) {
            assertThat(failureOf(client).kind()).isEqualTo(Kind.UNAVAILABLE);
            try (FakeServer server = FakeServer.answering(directory, user -> "ok\n")) {
                assertThat(server.socket()).isEqualTo(socket);
                assertThat(client.authenticate("alice", "secret")).isTrue();
            }
            assertThat(failureOf(client).kind()).isEqualTo(Kind.UNAVAILABLE);
        }
    }

    private static AuthServiceException failureAt(Path socket) {
        try (AuthClient client = AuthClient.builder().socket(socket).build()) {
            AuthServiceException failure = failureOf(client);
            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure).hasCauseInstanceOf(Exception.class);
            return failure;
        }
    }

    private static AuthServiceException failureOf(AuthClient client) {
        return catchThrowableOfType(AuthServiceException.class, () -> client.authenticate("alice", "secret"));
    }
}
