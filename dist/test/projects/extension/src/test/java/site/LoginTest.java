package site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.netty.util.Version;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.client.AuthServiceException;
import org.x2go.authservice.junit.AuthServerExtension;
import org.x2go.authservice.junit.AuthServerSocket;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The extension beside the program's own Netty and JNA, in use in the same JVM. */
class LoginTest {
    @RegisterExtension
    static final AuthServerExtension auth = new AuthServerExtension().account("alice", "secret");

    /** The program's JNA calls the C library. */
    public interface CLibrary extends Library {
        int getpid();
    }

    @Test
    void webServerAsksTheExtensionsServer(@AuthServerSocket Path socket) throws Exception {
        assertThat(Version.identify().get("netty-transport").artifactVersion())
                .isNotEqualTo(System.getProperty("authservice.netty"));
        assertThat(Native.load("c", CLibrary.class).getpid())
                .isEqualTo((int) ProcessHandle.current().pid());
        try (AuthClient client = AuthClient.builder().socket(socket).build()) {
            HttpHandler handler = RouterFunctions.toHttpHandler(RouterFunctions.route()
                    .GET("/login", request -> Mono.fromFuture(
                                    client.authenticateAsync("alice", request.queryParam("password").orElseThrow()))
                            .flatMap(right -> ServerResponse.status(right ? 200 : 401).build())
                            .onErrorResume(outage -> ServerResponse.status(503).build()))
                    .build());
            DisposableServer web = HttpServer.create()
                    .port(0)
                    .handle(new ReactorHttpHandlerAdapter(handler))
                    .bindNow();
            try {
                assertThat(status(web, "secret")).isEqualTo(200);
                assertThat(status(web, "wrong")).isEqualTo(401);
                auth.outage();
                assertThat(status(web, "secret")).isEqualTo(503);
                assertThatThrownBy(() -> client.authenticate("alice", "secret"))
                        .isInstanceOf(AuthServiceException.class);
            } finally {
                web.disposeNow();
            }
        }
    }

    private static int status(DisposableServer web, String password) throws Exception {
        URI uri = URI.create("http://localhost:" + web.port() + "/login?password=" + password);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode();
    }
}
