package org.x2go.authservice.vectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.vectors.Vectors.Vector;

/** The service answers as the vectors say. */
@Timeout(60)
class ServerVectorsTest {
    @TempDir
    private static Path directory;

    private static AuthServer server;

    @BeforeAll
    static void start() throws IOException {
        server = AuthServer.start(
                AuthServerConfig.builder(directory.resolve("s"))
                        .services(ServicePolicy.allowing(List.of("x2gobroker", "site")))
                        .limit(Limit.MAX_ATTEMPTS_PER_USER, 0)
                        .build(),
                new AccountTable(Vectors.of("account").toList()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Vector> exchanges() {
        return Vectors.of("exchange");
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void requestInOnePieceIsAnswered(Vector exchange) throws IOException {
        assertThat(replies(exchange.bytes(0), Integer.MAX_VALUE)).isEqualTo(exchange.text(1));
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void requestInPiecesIsAnswered(Vector exchange) throws IOException {
        // Byte by byte, unless that takes too many of them.
        int piece = exchange.bytes(0).length < 1000 ? 1 : 97;
        assertThat(replies(exchange.bytes(0), piece)).isEqualTo(exchange.text(1));
    }

    private static String replies(byte[] bytes, int piece) throws IOException {
        try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(server.socketPath()))) {
            ByteBuffer sent = ByteBuffer.wrap(bytes);
            while (sent.hasRemaining()) {
                ByteBuffer next = sent.slice(sent.position(), Math.min(piece, sent.remaining()));
                sent.position(sent.position() + peer.write(next));
            }
            peer.shutdownOutput();
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            ByteBuffer some = ByteBuffer.allocate(1024);
            while (peer.read(some) >= 0) {
                read.write(some.array(), 0, some.position());
                some.clear();
            }
            return read.toString(ISO_8859_1);
        }
    }
}
