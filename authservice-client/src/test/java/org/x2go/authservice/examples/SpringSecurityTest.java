package org.x2go.authservice.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.client.AuthServiceException;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;

/** The README's provider in Spring Security's own manager, with another provider after it that refuses everybody. */
@Timeout(60)
class SpringSecurityTest {
    @TempDir
    private Path directory;

    private AuthServer service;
    private AuthClient client;
    private ProviderManager manager;

    @BeforeEach
    void start() throws IOException {
        service = AuthServer.start(
                AuthServerConfig.builder(directory.resolve("s")).build(), (credentials, peer) -> {
                    String password = UTF_8.decode(credentials.password()).toString();
                    return password.equals("secret") ? AuthResult.ok() : AuthResult.fail("wrong");
                });
        client = AuthClient.builder().socket(service.socketPath()).build();
        manager = new ProviderManager(new AuthServiceProvider(client), new RefusesEverybody());
    }

    @AfterEach
    void stop() {
        client.close();
        service.close();
    }

    private static final class RefusesEverybody implements AuthenticationProvider {
        @Override
        public Authentication authenticate(Authentication login) {
            throw new BadCredentialsException("not in the other directory");
        }

        @Override
        public boolean supports(Class<?> login) {
            return true;
        }
    }

    private Authentication login(String user, String password) {
        return manager.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(user, password));
    }

    @Test
    void rightPasswordIsAuthenticatedAndNotKept() {
        Authentication login = login("alice", "secret");

        assertThat(login.isAuthenticated()).isTrue();
        assertThat(login.getName()).isEqualTo("alice");
        assertThat(login.getCredentials()).isNull();
        assertThat(login.getAuthorities()).extracting("authority").contains("ROLE_USER");
    }

    @Test
    void wrongPasswordsAreBadCredentials() {
        assertThatThrownBy(() -> login("alice", "wrong")).isInstanceOf(BadCredentialsException.class);
        assertThatThrownBy(() -> login("alice", "")).isInstanceOf(BadCredentialsException.class);
        assertThatThrownBy(() -> login("alice", "cr\r")).isInstanceOf(BadCredentialsException.class);
    }

    @Test
    void outageIsAServiceException() {
        service.close();

        assertThatThrownBy(() -> login("alice", "secret"))
                .isInstanceOf(AuthenticationServiceException.class)
                .hasCauseInstanceOf(AuthServiceException.class)
                .hasMessageContaining(directory.toString());
    }
}
