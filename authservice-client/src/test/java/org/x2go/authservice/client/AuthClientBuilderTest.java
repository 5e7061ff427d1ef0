package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthClientBuilderTest {
    @Test
    void theDefaultsAreThoseOfTheInstalledService() {
        try (AuthClient client = new AuthClientBuilder(null).build()) {
            assertThat(client)
                    .hasToString("AuthClient[socket=/run/x2gobroker/x2gobroker-authservice.socket, timeout=PT1M10S]");
        }
        try (AuthClient client = new AuthClientBuilder("").build()) {
            assertThat(client.toString()).contains("/run/x2gobroker/x2gobroker-authservice.socket");
        }
    }

    @Test
    void theEnvironmentNamesTheSocket() {
        try (AuthClient client = new AuthClientBuilder("/elsewhere/socket").build()) {
            assertThat(client.toString()).contains("/elsewhere/socket");
        }
    }

    @Test
    void whatIsSetComesFirst() {
        try (AuthClient client = new AuthClientBuilder("/elsewhere/socket")
                .socket(Path.of("/here/socket"))
                .timeout(Duration.ofSeconds(5))
                .build()) {
            assertThat(client).hasToString("AuthClient[socket=/here/socket, timeout=PT5S]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT24H0.001S", "PT2562047788015215H"})
    void timesArePositiveAndAtMostADay(String time) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> AuthClient.builder().timeout(Duration.parse(time)).build())
                .withMessageStartingWith("The timeout must be positive");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        AuthClient.builder().idleTime(Duration.parse(time)).build())
                .withMessageStartingWith("The idle time must be positive");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1025})
    void connectionsAreOneToAThousand(int connections) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> AuthClient.builder().maxConnections(connections).build())
                .withMessage("The number of connections must be 1 to 1024, not " + connections);
    }
}
