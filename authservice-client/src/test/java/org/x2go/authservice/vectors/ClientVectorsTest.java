package org.x2go.authservice.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.client.AuthServiceException;
import org.x2go.authservice.vectors.Vectors.Vector;

/** The Java client asks, and understands, as the vectors say. */
@Timeout(60)
class ClientVectorsTest {
    @TempDir
    private Path directory;

    private AuthClient client(Path socket) {
        return AuthClient.builder().socket(socket).build();
    }

    static Stream<Vector> requests() {
        return Vectors.of("request");
    }

    static Stream<Vector> unsendables() {
        return Vectors.of("unsendable");
    }

    static Stream<Vector> replies() {
        return Vectors.of("reply");
    }

    @ParameterizedTest
    @MethodSource("requests")
    void requestMatchesTheVector(Vector request) throws IOException {
        Path socket = directory.resolve("s");
        try (ScriptedService service = new ScriptedService(socket, new byte[] {'o', 'k', '\n'});
                AuthClient client = client(socket)) {
            assertThat(client.authenticate(request.text(0), request.text(1).toCharArray(), request.text(2)))
                    .isTrue();
            assertThat(service.line()).isEqualTo(request.bytes(3));
        }
    }

    @ParameterizedTest
    @MethodSource("unsendables")
    void unsendableVectorIsNotSent(Vector unsendable) throws IOException {
        Path socket = directory.resolve("s");
        try (ScriptedService service = new ScriptedService(socket, new byte[] {'o', 'k', '\n'});
                AuthClient client = client(socket)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.authenticate(unsendable.text(0), unsendable.text(1), unsendable.text(2)));
            assertThat(service.wasAsked()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("replies")
    void answerMatchesTheVector(Vector reply) throws IOException {
        Path socket = directory.resolve("s");
        try (ScriptedService service = new ScriptedService(socket, reply.bytes(0));
                AuthClient client = client(socket)) {
            switch (reply.text(1)) {
                case "yes" -> assertThat(client.authenticate("alice", "secret")).isTrue();
                case "no" -> assertThat(client.authenticate("alice", "secret")).isFalse();
                case "none" ->
                    assertThatThrownBy(() -> client.authenticate("alice", "secret"))
                            .isInstanceOf(AuthServiceException.class);
                default -> throw new IllegalArgumentException(reply.text(1));
            }
            assertThat(service.wasAsked()).isTrue();
        }
    }
}
