package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.LoginException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.client.AuthServiceException.Kind;
import org.x2go.authservice.client.jaas.AuthServiceLoginModule;
import org.x2go.authservice.client.transport.ServerVerifier;
import org.x2go.authservice.client.transport.UntrustedServerException;

/** Clients report a socket that another user serves, and send it no password. */
@Timeout(120)
class ServerUserIT {
    private static final String VARIABLE = "X2GOBROKER_AUTHSERVICE_SERVER_USER";

    @TempDir
    private Path directory;

    private UntrustedServer untrusted;

    @BeforeEach
    void start() throws Exception {
        untrusted = UntrustedServer.start(directory);
    }

    @AfterEach
    void stop() throws InterruptedException {
        untrusted.close();
    }

    private AuthClientBuilder builder(Map<String, String> environment) {
        return new AuthClientBuilder(environment).socket(untrusted.socket());
    }

    private String refusalOf(AuthClientBuilder builder) throws Exception {
        try (AuthClient client = builder.build()) {
            AuthServiceException failure =
                    catchThrowableOfType(AuthServiceException.class, () -> client.authenticate("alice", "secret"));
            assertThat(failure.kind()).isEqualTo(Kind.UNTRUSTED_SERVER);
            assertThat(untrusted.sent()).isEmpty();
            return String.valueOf(failure.getMessage());
        }
    }

    @Test
    void strangersServerIsSentNothingByDefault() throws Exception {
        assertThat(refusalOf(builder(Map.of())))
                .isEqualTo(untrusted.socket() + " is served by the user 54321, not by root or this program's own user:"
                        + " nothing was sent. If 54321 is the user of x2gobroker-authservice, allow it: serverUser,"
                        + " --server-user or X2GOBROKER_AUTHSERVICE_SERVER_USER");
    }

    @Test
    void serverOfAUserWhoWasNotNamedIsSentNothing() throws Exception {
        assertThat(refusalOf(builder(Map.of()).serverUser("nobody"))).contains(", this program's own user or nobody: ");
        assertThat(refusalOf(builder(Map.of()).serverUser("5432"))).contains("own user or 5432: ");
        assertThat(refusalOf(builder(Map.of()).serverUser("authservce")))
                .contains("own user or authservce (there is no such user): ");
        assertThat(refusalOf(builder(Map.of(VARIABLE, "nobody")))).contains("own user or nobody: ");
        assertThat(refusalOf(builder(Map.of(VARIABLE, "")))).contains("not by root or this program's own user: ");
    }

    @Test
    void configuredServerUserIsTrusted() throws Exception {
        try (AuthClient client =
                builder(Map.of()).serverUser(UntrustedServer.USER).build()) {
            assertThat(client.authenticate("alice", "secret")).isTrue();
        }
        try (AuthClient client = builder(Map.of(VARIABLE, UntrustedServer.USER)).build()) {
            assertThat(client.authenticate("bob", "secret")).isTrue();
        }
        assertThat(untrusted.sent()).isEqualTo("alice\rsecret\rx2gobroker\nbob\rsecret\rx2gobroker\n");
    }

    @Test
    void builderOverridesTheEnvironment() throws Exception {
        refusalOf(builder(Map.of(VARIABLE, UntrustedServer.USER)).serverUser("nobody"));
    }

    @Test
    void everyConnectionIsVerified() throws Exception {
        FakeServer.Script once = peer -> {
            peer.read();
            peer.write("ok\n");
        };
        try (FakeServer own = FakeServer.start(directory, once);
                AuthClient client = AuthClient.builder().socket(own.socket()).build()) {
            assertThat(client.authenticate("alice", "secret")).isTrue();
            own.awaitAllClosed();
            Files.move(untrusted.socket(), own.socket(), StandardCopyOption.REPLACE_EXISTING);

            assertThatExceptionOfType(AuthServiceException.class)
                    .isThrownBy(() -> client.authenticate("alice", "secret"))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNTRUSTED_SERVER));
            assertThat(untrusted.sent()).isEmpty();
        }
    }

    @Test
    void laterFileAtThePathDoesNotMatter() throws Exception {
        ServerVerifier verifier = ServerVerifier.allowing(null, null);
        try (FakeServer own = FakeServer.answering(directory, user -> "ok\n");
                SocketChannel toStranger = SocketChannel.open(UnixDomainSocketAddress.of(untrusted.socket()));
                SocketChannel toOwn = SocketChannel.open(UnixDomainSocketAddress.of(own.socket()))) {
            Path swapped = directory.resolve("swapped");
            Files.move(own.socket(), swapped);
            Files.move(untrusted.socket(), own.socket());
            Files.move(swapped, untrusted.socket());

            assertThatThrownBy(() -> verifier.verify(toStranger, untrusted.socket()))
                    .isInstanceOf(UntrustedServerException.class);
            verifier.verify(toOwn, own.socket());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void loginModuleTrustsTheConfiguredUserOnly(boolean named) throws Exception {
        AuthServiceLoginModule module = new AuthServiceLoginModule();
        CallbackHandler alice = callbacks -> {
            ((NameCallback) callbacks[0]).setName("alice");
            ((PasswordCallback) callbacks[1]).setPassword("secret".toCharArray());
        };
        String socket = untrusted.socket().toString();
        module.initialize(
                new Subject(),
                alice,
                Map.of(),
                named ? Map.of("socket", socket, "serverUser", UntrustedServer.USER) : Map.of("socket", socket));
        if (named) {
            assertThat(module.login()).isTrue();
        } else {
            assertThatExceptionOfType(LoginException.class)
                    .isThrownBy(module::login)
                    .withMessageContaining("is served by the user 54321")
                    .withCauseInstanceOf(AuthServiceException.class);
        }
        assertThat(untrusted.sent()).isEqualTo(named ? "alice\rsecret\rx2gobroker\n" : "");
    }
}
