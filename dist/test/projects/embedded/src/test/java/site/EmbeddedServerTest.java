package site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The server embedded in a program, with only the libraries that Maven resolves for it. */
class EmbeddedServerTest {
    @Test
    void serverSharesNettyWithTheWebServer(@TempDir Path directory) throws Exception {
        AuthServerConfig config = AuthServerConfig.builder(directory.resolve("auth.socket")).build();
        try (AuthServer server = AuthServer.start(config, (credentials, peer) ->
                        StandardCharsets.UTF_8.decode(credentials.password()).toString().equals("secret")
                                ? AuthResult.ok()
                                : AuthResult.fail("wrong"));
                AuthClient client = AuthClient.builder().socket(server.socketPath()).build()) {
            DisposableServer web = HttpServer.create()
                    .port(0)
                    .handle((request, response) -> response.sendString(
                            Mono.fromFuture(client.authenticateAsync("alice", "secret")).map(String::valueOf)))
                    .bindNow();
            try {
                URI uri = URI.create("http://localhost:" + web.port() + "/");
                assertThat(HttpClient.newHttpClient()
                                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .body())
                        .isEqualTo("true");
            } finally {
                web.disposeNow();
            }
            assertThat(client.authenticate("alice", "wrong")).isFalse();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "picocli.CommandLine", "org.apache.logging.log4j.core.Logger", "io.prometheus.metrics.model.snapshots.Labels"
    })
    void librariesOfTheDaemonAreNotOnTheClassPath(String name) {
        assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
    }
}
