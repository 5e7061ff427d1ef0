package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.pam.ServiceDirectory.ask;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.posix.CString;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.Requirements;

class PamAuthenticatorIT {
    private static final String[] PERMIT = {"auth required pam_permit.so", "account required pam_permit.so"};
    private static final String[] DENY = {"auth required pam_deny.so", "account required pam_deny.so"};

    @TempDir
    Path directory;

    private ServiceDirectory services;

    @BeforeEach
    void libpam() {
        Requirements.pamModule("pam_permit.so");
        services = new ServiceDirectory(directory);
    }

    @Test
    void acceptedPasswordIsOk() throws Exception {
        assertThat(services.service("login", PERMIT).ask("alice", "secret", "login"))
                .isEqualTo(AuthResult.ok());
    }

    @Test
    void refusedPasswordFails() throws Exception {
        assertThat(services.service("login", DENY).ask("alice", "secret", "login"))
                .isEqualTo(AuthResult.fail("wrong user or password (PAM_AUTH_ERR)"));
    }

    @Test
    void refusalByAccountRulesFails() throws Exception {
        services.service("login", "auth required pam_permit.so", "account required pam_deny.so");
        assertThat(services.ask("alice", "secret", "login"))
                .isEqualTo(AuthResult.fail("refused by the account rules (PAM_AUTH_ERR)"));
    }

    @Test
    void missingModuleIsAnError() throws Exception {
        services.service("login", "auth required pam_that_is_missing.so", "account required pam_permit.so");
        assertThat(services.ask("alice", "secret", "login"))
                .isEqualTo(AuthResult.error("a PAM module is missing (PAM_MODULE_UNKNOWN)"));
    }

    @Test
    void missingAccountModuleIsAnError() throws Exception {
        services.service("login", "auth required pam_permit.so", "account required pam_that_is_missing.so");
        assertThat(services.ask("alice", "secret", "login").verdict()).isEqualTo(Verdict.ERROR);
    }

    @Test
    void missingIncludedFileIsAnError() throws Exception {
        services.service("login", "@include " + directory + "/missing", "auth required pam_permit.so");
        AuthResult result = services.ask("alice", "secret", "login");
        assertThat(result.verdict()).isEqualTo(Verdict.ERROR);
        assertThat(result.reason()).startsWith(directory + "/login, line 1: includes '" + directory + "/missing'");
    }

    @Test
    void missingServiceFileIsAnErrorEvenIfOtherAccepts() throws Exception {
        services.service("other", PERMIT);
        assertThat(services.ask("alice", "secret", "login")).isEqualTo(AuthResult.error("service file missing"));
        assertThat(services.said().lines()).anyMatch(line -> line.contains(directory + "/login"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# auth required pam_permit.so",
                "account required pam_permit.so",
                "@include $D/account",
                "auth include $D/account",
                "-AUTH include $D/account",
                "account required pam_permit.so \\\n auth required pam_permit.so",
            })
    void incompleteFileIsAnErrorEvenIfOtherAccepts(String text) throws Exception {
        services.service("other", PERMIT).service("account", "account required pam_permit.so");
        services.service("login", text.replace("$D", directory.toString()));
        assertThat(services.ask("alice", "wrong", "login"))
                .isEqualTo(AuthResult.error("no auth rule in " + directory + "/login"));
        assertThat(services.said().lines()).singleElement().asString().startsWith("WARN PAM service login is");
    }

    @Test
    void accountRulesMayBeThoseOfOther() throws Exception {
        services.service("login", "auth required pam_permit.so").service("other", PERMIT);
        assertThat(services.ask("alice", "secret", "login")).isEqualTo(AuthResult.ok());
        services.service("other", DENY);
        assertThat(services.ask("alice", "secret", "login").verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void constantlyChangingServiceFileIsAnError() throws Exception {
        services.service("other", PERMIT);
        Path file = directory.resolve("login");
        Path empty = directory.resolve("empty");
        Path full = directory.resolve("full");
        AtomicBoolean done = new AtomicBoolean();
        try (PamAuthenticator pam = services.service("login", DENY).open("login")) {
            Thread editor = new Thread(() -> {
                while (!done.get()) {
                    try {
                        Files.move(Files.writeString(empty, ""), file, StandardCopyOption.ATOMIC_MOVE);
                        Files.move(Files.write(full, List.of(DENY)), file, StandardCopyOption.ATOMIC_MOVE);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            editor.start();
            Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
            for (int i = 0; i < 30; i++) {
                verdicts.add(ask(pam, "alice", "wrong", "login").verdict());
            }
            done.set(true);
            editor.join();
            assertThat(verdicts).contains(Verdict.ERROR).doesNotContain(Verdict.OK);
            assertThat(ask(pam, "alice", "wrong", "login").verdict()).isEqualTo(Verdict.FAIL);
        }
    }

    @Test
    void deniedModuleIsNotLoaded() throws Exception {
        Path module = Requirements.pamModule("pam_rhosts.so");
        services.service(
                "login", "auth sufficient " + module, "auth required pam_permit.so", "account required pam_permit.so");
        PamConfiguration configuration = PamConfiguration.of(ServicePolicy.allowing(List.of("login")))
                .withConfdir(directory)
                .withDenied(DeniedModules.parse("pam_u2f pam_rhosts"));
        try (PamAuthenticator pam = PamAuthenticator.open(configuration, services.said())) {
            pam.preload();
            assertThat(ask(pam, "alice", "secret", "login"))
                    .isEqualTo(AuthResult.error(
                            "PAM module pam_rhosts is denied by X2GOBROKER_AUTHSERVICE_DENIED_MODULES"));
            assertThat(loaded()).doesNotContain("pam_rhosts.so");
        }
        assertThat(services.said().lines()).singleElement().asString().contains(directory + "/login, line 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"su", "LOGIN", "other", "../login", "./login", "/login", "", " login", "login ", "login\n"})
    void disallowedServiceIsRefused(String service) throws Exception {
        services.service("login", PERMIT).service("su", PERMIT).service("other", PERMIT);
        try (PamAuthenticator pam = services.open("login")) {
            assertThat(ask(pam, "alice", "secret", service)).isEqualTo(AuthResult.fail("service not allowed"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "root\0x", "a\ud83d"})
    void userNameWithNulIsRefused(String user) throws Exception {
        services.service("login", PERMIT);
        assertThat(services.ask(user, "secret", "login").verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void passwordWithNulIsRefused() throws Exception {
        services.service("login", PERMIT);
        assertThat(services.ask("alice", "secret\0x", "login"))
                .isEqualTo(AuthResult.fail("the password contains a NUL"));
    }

    @Test
    void changedServiceFileCountsAtTheNextRequest() throws Exception {
        try (PamAuthenticator pam = services.open("login")) {
            assertThat(ask(pam, "alice", "secret", "login").verdict()).isEqualTo(Verdict.ERROR);
            services.service("login", PERMIT);
            assertThat(ask(pam, "alice", "secret", "login").verdict()).isEqualTo(Verdict.OK);
            services.service("login", DENY);
            assertThat(ask(pam, "alice", "secret", "login").verdict()).isEqualTo(Verdict.FAIL);
            Files.delete(directory.resolve("login"));
            assertThat(ask(pam, "alice", "secret", "login").verdict()).isEqualTo(Verdict.ERROR);
        }
    }

    @Test
    void modulesStayLoadedUntilClose() throws Exception {
        Path module = Requirements.pamModule("pam_rhosts.so");
        services.service("login", "auth required pam_permit.so", "account optional pam_permit.so");
        services.service("warm", "auth optional " + module);
        try (PamAuthenticator pam = services.open("login", "warm", "missing")) {
            assertThat(ask(pam, "alice", "secret", "login").verdict()).isEqualTo(Verdict.OK);
            assertThat(loaded()).doesNotContain("pam_rhosts.so");
            pam.preload();
            assertThat(loaded()).contains("pam_rhosts.so");
        }
        assertThat(loaded()).doesNotContain("pam_rhosts.so");
    }

    @Test
    void closedAuthenticatorAnswersError() throws Exception {
        PamAuthenticator pam = services.service("login", PERMIT).open("login");
        assertThat(ask(pam, "alice", "secret", "login").verdict()).isEqualTo(Verdict.OK);
        pam.close();
        pam.close();
        assertThat(ask(pam, "alice", "secret", "login").verdict()).isEqualTo(Verdict.ERROR);
    }

    @Test
    void systemServicesAreTheDefault() throws Exception {
        try (PamAuthenticator pam = PamAuthenticator.open(
                PamConfiguration.of(ServicePolicy.allowing(List.of("no-such-service"))), services.said())) {
            assertThat(ask(pam, "alice", "secret", "no-such-service"))
                    .isEqualTo(AuthResult.error("service file missing"));
            assertThat(services.said().lines()).anyMatch(line -> line.contains("/etc/pam.d/no-such-service"));
        }
    }

    @Test
    void throwingConversationIsNotOk() throws Exception {
        Path module = Requirements.pamModule("pam_matrix.so");
        Path passwords = Files.writeString(directory.resolve("passwords"), "alice:secret:login\n");
        // The failure of the module that asks is made not to count, so that PAM itself accepts.
        services.service(
                "login",
                "auth optional " + module + " passdb=" + passwords,
                "auth required pam_permit.so",
                "account required pam_permit.so");
        byte[] service = CString.of("login");
        byte[] user = CString.of("alice");
        byte[] confdir = CString.of(directory.toString());
        PamConversation conversation = new PamConversation(services.said());
        assertThat(services.ask("alice", "secret", "login").verdict()).isEqualTo(Verdict.OK);

        Credentials closed = Credentials.copyOf("alice", ByteBuffer.allocate(6), "login");
        closed.close();
        conversation.begin(closed);
        try (PamTransaction transaction = PamTransaction.start(service, user, confdir, conversation)) {
            assertThat(transaction.check(user, service, user))
                    .isEqualTo(AuthResult.error("the conversation with PAM failed"));
            assertThat(services.said().lines())
                    .anyMatch(line -> line.startsWith("ERROR") && line.contains("wiped already"));
        }
    }

    private static String loaded() throws IOException {
        return Files.readString(Path.of("/proc/self/maps"));
    }
}
