package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.Requirements;

/** Every status that a stack can come to, made by pam_debug(8). */
class PamDebugIT {
    @TempDir
    Path directory;

    private ServiceDirectory services;

    @BeforeEach
    void modules() {
        Requirements.pamModule("pam_debug.so");
        services = new ServiceDirectory(directory);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"UNKNOWN", "SUCCESS", "IGNORE", "CONV_AGAIN"})
    void everyAuthStatusHasItsVerdictAndReason(PamStatus status) throws Exception {
        services.service("login", debug("auth", status), "account required pam_permit.so");
        assertThat(services.ask("alice", "secret", "login")).isEqualTo(expected(status));
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"UNKNOWN", "SUCCESS", "IGNORE", "CONV_AGAIN", "AUTH_ERR"})
    void everyAccountStatusHasItsVerdictAndReason(PamStatus status) throws Exception {
        services.service("login", "auth required pam_permit.so", debug("acct", status));
        assertThat(services.ask("alice", "secret", "login")).isEqualTo(expected(status));
    }

    @ParameterizedTest
    @EnumSource(names = {"IGNORE", "CONV_AGAIN"})
    void statusThatLibPamChangesIsNeverOk(PamStatus status) throws Exception {
        services.service("login", debug("auth", status), "account required pam_permit.so");
        assertThat(services.ask("alice", "secret", "login").verdict()).isNotEqualTo(Verdict.OK);
        services.service("login", "auth required pam_permit.so", debug("acct", status));
        assertThat(services.ask("alice", "secret", "login").verdict()).isNotEqualTo(Verdict.OK);
    }

    /** pam_debug takes a name that it does not know for success. */
    private static String debug(String step, PamStatus status) {
        String name = status == PamStatus.AUTHTOK_RECOVERY_ERR
                ? "authtok_recover_err"
                : status.name().toLowerCase(Locale.ROOT);
        return (step.equals("acct") ? "account" : step) + " required pam_debug.so " + step + "=" + name;
    }

    private static AuthResult expected(PamStatus status) {
        return new AuthResult(
                status.verdict(), status.reason() + " (" + status.cName() + ")", Duration.ZERO, Duration.ZERO);
    }
}
