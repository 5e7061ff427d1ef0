package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthClientBuilderTest {
    private static final Map<String, String> ELSEWHERE = Map.of("X2GOBROKER_AUTHSERVICE_SOCKET", "/elsewhere/socket");

    @Test
    void defaultsFitTheInstalledService() {
        try (AuthClient client = new AuthClientBuilder(Map.of()).build()) {
            assertThat(client)
                    .hasToString("AuthClient[socket=/run/x2gobroker/x2gobroker-authservice.socket, timeout=PT1M10S]");
        }
        try (AuthClient client = new AuthClientBuilder(Map.of("X2GOBROKER_AUTHSERVICE_SOCKET", "")).build()) {
            assertThat(client.toString()).contains("/run/x2gobroker/x2gobroker-authservice.socket");
        }
    }

    @Test
    void socketComesFromTheEnvironment() {
        try (AuthClient client = new AuthClientBuilder(ELSEWHERE).build()) {
            assertThat(client.toString()).contains("/elsewhere/socket");
        }
    }

    @Test
    void builderOverridesTheEnvironment() {
        try (AuthClient client = new AuthClientBuilder(ELSEWHERE)
                .socket(Path.of("/here/socket"))
                .timeout(Duration.ofSeconds(5))
                .build()) {
            assertThat(client).hasToString("AuthClient[socket=/here/socket, timeout=PT5S]");
        }
    }

    @Test
    void emptyServerUserIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuthClient.builder().serverUser("").build())
                .withMessage("The server's user is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT24H0.001S", "PT2562047788015215H"})
    void timeOutOfRangeIsRejected(String time) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> AuthClient.builder().timeout(Duration.parse(time)).build())
                .withMessage("The timeout must be more than 0 and at most 86400 seconds");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        AuthClient.builder().idleTime(Duration.parse(time)).build())
                .withMessage("The idle time must be more than 0 and at most 86400 seconds");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1025})
    void connectionsOutOfRangeAreRejected(int connections) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> AuthClient.builder().maxConnections(connections).build())
                .withMessage("The number of connections must be 1 to 1024, not " + connections);
    }
}
