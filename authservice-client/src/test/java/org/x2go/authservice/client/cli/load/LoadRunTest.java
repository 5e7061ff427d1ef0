package org.x2go.authservice.client.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.client.transport.ServerVerifier;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import picocli.CommandLine;

/** The load generator and the real server. */
@Timeout(60)
class LoadRunTest {
    @TempDir
    Path directory;

    @Test
    void realServerAnswersEveryRequest() throws Exception {
        for (boolean keep : new boolean[] {false, true}) {
            try (AuthServer server = server()) {
                Target target = new Target(server.socketPath(), ServerVerifier.allowing(null, null), "bench");
                LoadOptions options = CommandLine.populateCommand(
                        new LoadOptions(),
                        keep ? "--keep" : "--reconnect",
                        "--user=user-%d",
                        "--connections=4",
                        "--idle=50",
                        "--wrong-share=50",
                        "--warmup=0",
                        "--duration=1");
                LoadResult result =
                        new LoadRun(target, options, new PrintWriter(new StringWriter())).run("secret".toCharArray());
                assertThat(result.count(Outcome.OK)).isPositive();
                assertThat(result.count(Outcome.FAIL)).isPositive();
                assertThat(result.answers()).isEqualTo(result.count(Outcome.OK) + result.count(Outcome.FAIL));
                assertThat(result.count(Outcome.NO_ANSWER)).isZero();
                assertThat(result.stillIdle()).isEqualTo(50);
            }
        }
    }

    private AuthServer server() throws Exception {
        AuthServerConfig config = AuthServerConfig.builder(directory.resolve("auth.socket"))
                .services(ServicePolicy.allowing(Set.of("bench")))
                .build();
        return AuthServer.start(
                config, (credentials, peer) -> isRight(credentials) ? AuthResult.ok() : AuthResult.fail("wrong"));
    }

    private static boolean isRight(Credentials credentials) {
        return credentials.password().equals(ByteBuffer.wrap("secret".getBytes(StandardCharsets.UTF_8)));
    }
}
