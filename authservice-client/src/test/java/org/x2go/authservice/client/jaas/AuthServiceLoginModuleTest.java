package org.x2go.authservice.client.jaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.client.AuthServiceException;
import org.x2go.authservice.client.AuthServiceException.Kind;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;

/** The login module in the JDK's login context, and by itself, against the real server. */
@Timeout(60)
class AuthServiceLoginModuleTest {
    private static final String NAME = "javax.security.auth.login.name";
    private static final String PASSWORD = "javax.security.auth.login.password";

    @TempDir
    private Path directory;

    private AuthServer server;

    @BeforeEach
    void startService() throws IOException {
        Authenticator secrets = (credentials, peer) -> {
            if (credentials.user().equals("outage")) {
                return AuthResult.error("directory server unreachable");
            }
            String password = UTF_8.decode(credentials.password()).toString();
            return password.equals("secret-of-" + credentials.service()) ? AuthResult.ok() : AuthResult.fail("wrong");
        };
        server = AuthServer.start(
                AuthServerConfig.builder(directory.resolve("s"))
                        .services(ServicePolicy.allowing(List.of("x2gobroker", "site")))
                        .build(),
                secrets);
    }

    @AfterEach
    void stopService() {
        server.close();
    }

    /** Answers with these, and keeps the array that the module reads the password from. */
    private CallbackHandler answering(@Nullable String name, @Nullable String password) {
        return callbacks -> {
            for (Callback callback : callbacks) {
                if (callback instanceof NameCallback asked) {
                    asked.setName(name);
                } else if (callback instanceof PasswordCallback asked) {
                    char[] answer = password == null ? null : password.toCharArray();
                    asked.setPassword(answer);
                } else {
                    throw new UnsupportedCallbackException(callback);
                }
            }
        };
    }

    private Map<String, Object> options(String... more) {
        Map<String, Object> options =
                new HashMap<>(Map.of("socket", server.socketPath().toString()));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return options;
    }

    private record Entry(Class<? extends LoginModule> module, LoginModuleControlFlag flag, Map<String, ?> options) {}

    private Entry required(String... options) {
        return new Entry(AuthServiceLoginModule.class, LoginModuleControlFlag.REQUIRED, options(options));
    }

    private static LoginContext context(@Nullable CallbackHandler handler, Entry... entries) throws LoginException {
        return context(new Subject(), handler, entries);
    }

    private static LoginContext context(Subject subject, @Nullable CallbackHandler handler, Entry... entries)
            throws LoginException {
        return new LoginContext("site", subject, handler, new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return Arrays.stream(entries)
                        .map(entry ->
                                new AppConfigurationEntry(entry.module().getName(), entry.flag(), entry.options()))
                        .toArray(AppConfigurationEntry[]::new);
            }
        });
    }

    private static AuthServiceLoginModule module(
            Subject subject, CallbackHandler handler, Map<String, Object> shared, Map<String, ?> options) {
        AuthServiceLoginModule module = new AuthServiceLoginModule();
        module.initialize(subject, handler, shared, options);
        return module;
    }

    @Test
    void principalIsInTheSubjectFromLoginToLogout() throws LoginException {
        LoginContext login = context(answering("alice", "secret-of-x2gobroker"), required());

        login.login();
        assertThat(login.getSubject().getPrincipals()).containsExactly(new UserPrincipal("alice"));
        assertThat(login.getSubject().getPrivateCredentials()).isEmpty();
        assertThat(login.getSubject().getPublicCredentials()).isEmpty();

        login.logout();
        assertThat(login.getSubject().getPrincipals()).isEmpty();
    }

    @Test
    void configuredServiceIsUsed() throws LoginException {
        context(answering("alice", "secret-of-site"), required("service", "site"))
                .login();

        assertThatThrownBy(context(answering("alice", "secret-of-site"), required())::login)
                .isInstanceOf(FailedLoginException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "alice, wrong",
        "alice, ''",
        "alice, 'cr\r'",
        "'nul\0', secret-of-x2gobroker",
        "'', secret-of-x2gobroker"
    })
    void unsendableCredentialsAreAFailedLogin(String name, String password) throws LoginException {
        LoginContext login = context(answering(name, password), required());

        assertThatThrownBy(login::login)
                .isInstanceOf(FailedLoginException.class)
                .hasMessageNotContaining("secret");
        assertThat(login.getSubject().getPrincipals()).isEmpty();
    }

    @Test
    void disallowedServiceIsAFailedLogin() throws LoginException {
        assertThatThrownBy(context(answering("alice", "secret-of-su"), required("service", "su"))::login)
                .isInstanceOf(FailedLoginException.class);
    }

    @Test
    void missingNameOrPasswordIsAFailedLogin() throws LoginException {
        assertThatThrownBy(context(answering(null, "x"), required())::login).isInstanceOf(FailedLoginException.class);
        assertThatThrownBy(context(answering("alice", null), required())::login)
                .isInstanceOf(FailedLoginException.class);
    }

    @Test
    void outageIsNotAFailedLogin() throws LoginException {
        assertOutage(Kind.NO_VERDICT, answering("outage", "secret-of-x2gobroker"));
        server.close();
        assertOutage(Kind.UNAVAILABLE, answering("alice", "secret-of-x2gobroker"));
    }

    private void assertOutage(Kind kind, CallbackHandler handler) throws LoginException {
        Throwable failure = catchThrowable(context(handler, required())::login);

        assertThat(failure).isExactlyInstanceOf(LoginException.class).hasMessageContaining(directory.toString());
        assertThat(failure.getCause())
                .isInstanceOfSatisfying(
                        AuthServiceException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void interruptIsNotAFailedLoginAndStaysSet() throws LoginException {
        LoginContext login = context(answering("alice", "secret-of-x2gobroker"), required());
        Thread.currentThread().interrupt();

        Throwable failure = catchThrowable(login::login);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isExactlyInstanceOf(LoginException.class).hasCauseInstanceOf(InterruptedIOException.class);
    }

    @ParameterizedTest
    @CsvSource({"timeout, 0", "timeout, 86401", "timeout, soon", "service, ''", "service, 'x\ry'", "socket, 'a\0b'"})
    void invalidOptionIsNotAFailedLogin(String option, String value) throws LoginException {
        LoginContext login = context(answering("alice", "secret-of-x2gobroker"), required(option, value));

        assertThatThrownBy(login::login)
                .isExactlyInstanceOf(LoginException.class)
                .hasMessageContaining("option " + option + "=");
    }

    @Test
    void failingHandlerIsNotAFailedLogin() throws LoginException {
        assertThatThrownBy(context(null, required())::login).isExactlyInstanceOf(LoginException.class);
        CallbackHandler knowsNothing = callbacks -> {
            throw new UnsupportedCallbackException(callbacks[1]);
        };
        assertThatThrownBy(context(knowsNothing, required())::login)
                .isExactlyInstanceOf(LoginException.class)
                .hasMessageContaining("PasswordCallback");
        CallbackHandler broken = callbacks -> {
            throw new IOException("terminal gone");
        };
        assertThatThrownBy(context(broken, required())::login)
                .isExactlyInstanceOf(LoginException.class)
                .hasMessageContaining("terminal gone");
    }

    @Test
    void callbackPasswordIsWiped() throws LoginException {
        PasswordCallback[] asked = new PasswordCallback[1];
        CallbackHandler handler = callbacks -> {
            asked[0] = (PasswordCallback) callbacks[1];
            ((NameCallback) callbacks[0]).setName("alice");
            asked[0].setPassword("secret-of-x2gobroker".toCharArray());
        };

        context(handler, required()).login();

        assertThat(asked[0].getPassword()).containsOnly(' ');
    }

    @Test
    void anotherModulesRefusalCommitsNothing() throws LoginException {
        Subject subject = new Subject();
        LoginContext login = context(
                subject,
                answering("alice", "secret-of-x2gobroker"),
                required(),
                new Entry(Refusing.class, LoginModuleControlFlag.REQUIRED, Map.of()));

        assertThatThrownBy(login::login).isInstanceOf(FailedLoginException.class);
        assertThat(subject.getPrincipals()).isEmpty();
    }

    /** Refuses everybody. */
    public static final class Refusing implements LoginModule {
        @Override
        public void initialize(
                Subject subject, CallbackHandler handler, Map<String, ?> sharedState, Map<String, ?> options) {}

        @Override
        public boolean login() throws LoginException {
            throw new FailedLoginException("closed today");
        }

        @Override
        public boolean commit() {
            return false;
        }

        @Override
        public boolean abort() {
            return false;
        }

        @Override
        public boolean logout() {
            return true;
        }
    }

    @Test
    void abortAfterCommitRemovesThePrincipal() throws LoginException {
        Subject subject = new Subject();
        AuthServiceLoginModule module =
                module(subject, answering("alice", "secret-of-x2gobroker"), new HashMap<>(), options());

        assertThat(module.abort()).isFalse();
        assertThat(module.login()).isTrue();
        assertThat(subject.getPrincipals()).isEmpty();
        assertThat(module.commit()).isTrue();
        assertThat(subject.getPrincipals()).hasSize(1);
        assertThat(module.abort()).isTrue();
        assertThat(subject.getPrincipals()).isEmpty();
        assertThat(module.commit()).isFalse();
        assertThat(subject.getPrincipals()).isEmpty();
    }

    @Test
    void secondFailedLoginCommitsNothing() throws LoginException {
        Subject subject = new Subject();
        String[] password = {"secret-of-x2gobroker"};
        CallbackHandler handler = callbacks -> answering("alice", password[0]).handle(callbacks);
        AuthServiceLoginModule module = module(subject, handler, new HashMap<>(), options());
        assertThat(module.login()).isTrue();
        password[0] = "wrong";

        assertThatThrownBy(module::login).isInstanceOf(FailedLoginException.class);

        assertThat(module.commit()).isFalse();
        assertThat(subject.getPrincipals()).isEmpty();
    }

    @Test
    void existingPrincipalStaysAfterLogout() throws LoginException {
        Subject subject = new Subject();
        subject.getPrincipals().add(new UserPrincipal("alice"));
        LoginContext login = context(subject, answering("alice", "secret-of-x2gobroker"), required());

        login.login();
        login.logout();

        assertThat(subject.getPrincipals()).containsExactly(new UserPrincipal("alice"));
    }

    @Test
    void readOnlySubjectFailsTheLogin() throws LoginException {
        Subject subject = new Subject();
        subject.setReadOnly();
        AuthServiceLoginModule module =
                module(subject, answering("alice", "secret-of-x2gobroker"), new HashMap<>(), options());
        module.login();

        assertThatThrownBy(module::commit)
                .isExactlyInstanceOf(LoginException.class)
                .hasMessageContaining("read-only");
        assertThat(module.logout()).isTrue();
    }

    @Test
    void storePassServesLaterModules() throws LoginException {
        List<String> asked = new ArrayList<>();
        CallbackHandler once = callbacks -> {
            asked.add("once");
            answering("alice", "secret-of-x2gobroker").handle(callbacks);
        };

        LoginContext login =
                context(once, required("storePass", "true"), required("useFirstPass", "true", "clearPass", "true"));
        login.login();

        assertThat(asked).hasSize(1);
        assertThat(login.getSubject().getPrincipals()).hasSize(1);
    }

    @Test
    void storePassStoresOnlyNewAcceptedPasswords() throws LoginException {
        Map<String, Object> shared = new HashMap<>();
        AuthServiceLoginModule wrong =
                module(new Subject(), answering("alice", "wrong"), shared, options("storePass", "true"));
        assertThatThrownBy(wrong::login).isInstanceOf(FailedLoginException.class);
        assertThat(shared).isEmpty();

        module(new Subject(), answering("alice", "secret-of-x2gobroker"), shared, options("storePass", "true"))
                .login();
        assertThat(shared)
                .containsEntry(NAME, "alice")
                .hasEntrySatisfying(
                        PASSWORD, value -> assertThat((char[]) value).isEqualTo("secret-of-x2gobroker".toCharArray()));

        module(new Subject(), answering("bob", "secret-of-x2gobroker"), shared, options("storePass", "true"))
                .login();
        assertThat(shared).containsEntry(NAME, "alice");
    }

    @Test
    void useFirstPassNeverAsks() throws LoginException {
        Map<String, Object> shared = new HashMap<>(Map.of(NAME, "alice", PASSWORD, "wrong".toCharArray()));
        CallbackHandler right = answering("alice", "secret-of-x2gobroker");
        AuthServiceLoginModule module = module(new Subject(), right, shared, options("useFirstPass", "true"));
        assertThatThrownBy(module::login).isInstanceOf(FailedLoginException.class);

        AuthServiceLoginModule first = module(new Subject(), right, new HashMap<>(), options("useFirstPass", "true"));
        assertThatThrownBy(first::login)
                .isExactlyInstanceOf(LoginException.class)
                .hasMessageContaining("useFirstPass");
    }

    @Test
    void tryFirstPassAsksIfMissingOrWrong() throws LoginException {
        CallbackHandler right = answering("alice", "secret-of-x2gobroker");
        Map<String, Object> wrong = new HashMap<>(Map.of(NAME, "alice", PASSWORD, "wrong".toCharArray()));

        assertThat(module(new Subject(), right, wrong, options("tryFirstPass", "true"))
                        .login())
                .isTrue();
        assertThat(module(new Subject(), right, new HashMap<>(), options("tryFirstPass", "true"))
                        .login())
                .isTrue();
    }

    @Test
    void tryFirstPassDoesNotAskAfterAnOutage() {
        Map<String, Object> shared = new HashMap<>(Map.of(NAME, "outage", PASSWORD, "x".toCharArray()));
        CallbackHandler right = answering("alice", "secret-of-x2gobroker");

        assertThatThrownBy(module(new Subject(), right, shared, options("tryFirstPass", "true"))::login)
                .isExactlyInstanceOf(LoginException.class)
                .hasCauseInstanceOf(AuthServiceException.class);
    }

    @Test
    void clearPassClearsAndWipesTheSharedState() throws LoginException {
        Map<String, Object> shared = new HashMap<>();
        AuthServiceLoginModule module = module(
                new Subject(),
                answering("alice", "secret-of-x2gobroker"),
                shared,
                options("storePass", "true", "clearPass", "true"));
        module.login();
        char[] stored = (char[]) shared.get(PASSWORD);

        module.commit();

        assertThat(shared).isEmpty();
        assertThat(stored).containsOnly('\0');
    }
}
