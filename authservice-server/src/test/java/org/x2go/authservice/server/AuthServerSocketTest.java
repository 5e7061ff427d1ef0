package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.testsupport.RawPeer;

/** What a server does with its socket's file, and with a file that is at its place. */
@Timeout(60)
class AuthServerSocketTest {
    private static final String RIGHT = "alice\rsecret\rx2gobroker\n";

    private static final Authenticator EVERYBODY = (credentials, peer) -> AuthResult.ok();

    @TempDir
    private Path directory;

    private Path socket;

    @BeforeEach
    void chooseSocket() {
        socket = directory.resolve("s");
    }

    private AuthServerConfig.Builder config() {
        return AuthServerConfig.builder(socket).limit(Limit.WORKERS, 4);
    }

    @Test
    void socketHasItsModeAndIsRemovedAtTheEnd() throws IOException {
        try (AuthServer server = AuthServer.start(config().socketMode(0622).build(), EVERYBODY)) {
            assertThat((int) Files.getAttribute(server.socketPath(), "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777)
                    .isEqualTo(0622);
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void socketOfALiveServiceIsNotTaken() throws IOException {
        try (AuthServer first = AuthServer.start(config().build(), EVERYBODY)) {
            assertThatThrownBy(() -> AuthServer.start(config().build(), EVERYBODY))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another authservice uses it");
            try (RawPeer peer = RawPeer.connect(first.socketPath())) {
                assertThat(peer.send(RIGHT).reply()).isEqualTo("ok");
            }
        }
    }

    @Test
    void socketOfADeadServiceIsReplaced() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (AuthServer server = AuthServer.start(config().build(), EVERYBODY);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            assertThat(peer.send(RIGHT).reply()).isEqualTo("ok");
        }
    }

    @Test
    void fileAtTheSocketPathIsNotReplaced() throws IOException {
        Files.writeString(socket, "precious");
        assertThatThrownBy(() -> AuthServer.start(config().build(), EVERYBODY)).hasMessageContaining("not a socket");
        assertThat(socket).hasContent("precious");
    }

    @Test
    void symbolicLinkAtTheSocketPathIsNotReplaced() throws IOException {
        Files.createSymbolicLink(socket, directory.resolve("elsewhere"));
        assertThatThrownBy(() -> AuthServer.start(config().build(), EVERYBODY)).hasMessageContaining("not a socket");
        assertThat(Files.isSymbolicLink(socket)).isTrue();
    }

    @Test
    void closeLeavesAnotherServicesSocket() throws IOException {
        AuthServer server = AuthServer.start(config().build(), EVERYBODY);
        Files.delete(socket);
        try (AuthServer successor = AuthServer.start(config().build(), EVERYBODY)) {
            server.close();
            try (RawPeer peer = RawPeer.connect(successor.socketPath())) {
                assertThat(peer.send(RIGHT).reply()).isEqualTo("ok");
            }
        }
    }

    @Test
    void missingDirectoryIsCreatedAndAnExistingOneUnchanged() throws IOException {
        socket = directory.resolve("made/for/it/s");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
        try (AuthServer server = AuthServer.start(config().build(), EVERYBODY)) {
            assertThat(server.socketPath()).exists();
            assertThat(Files.getPosixFilePermissions(directory))
                    .isEqualTo(PosixFilePermissions.fromString("rwxrwx---"));
        }
    }

    @Test
    void tooLongSocketPathIsExplained() {
        socket = directory.resolve("x".repeat(120));
        assertThatThrownBy(() -> AuthServer.start(config().build(), EVERYBODY))
                .hasMessageContaining("at most 107")
                .hasMessageContaining("--socket-file");
    }
}
