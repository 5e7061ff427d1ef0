package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.Requirements;

/** The delays are so long that a test which slept for them would time out. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailDelayIT {
    private static final String DELAY = "auth optional pam_faildelay.so delay=1000000000";
    private static final Duration DELAYED_BY = Duration.ofSeconds(1000);

    @TempDir
    Path directory;

    private ServiceDirectory services;

    @BeforeEach
    void modules() {
        Requirements.pamModule("pam_faildelay.so");
        services = new ServiceDirectory(directory);
    }

    @Test
    void refusalHasTheDelayWithJitter() throws Exception {
        services.service("login", DELAY, "auth required pam_deny.so");
        AuthResult result = services.ask("alice", "secret", "login");
        assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(result.failDelay())
                .isBetween(DELAYED_BY.dividedBy(2), DELAYED_BY.multipliedBy(3).dividedBy(2));
    }

    @Test
    void errorHasTheDelay() throws Exception {
        services.service("login", DELAY, "auth required pam_that_is_missing.so");
        AuthResult result = services.ask("alice", "secret", "login");
        assertThat(result.verdict()).isEqualTo(Verdict.ERROR);
        assertThat(result.failDelay()).isGreaterThanOrEqualTo(DELAYED_BY.dividedBy(2));
    }

    @Test
    void successHasNoDelay() throws Exception {
        services.service("login", DELAY, "auth required pam_permit.so", "account required pam_permit.so");
        assertThat(services.ask("alice", "secret", "login")).isEqualTo(AuthResult.ok());
    }

    @Test
    void refusalByAccountRulesHasTheDelay() throws Exception {
        services.service("login", DELAY, "auth required pam_permit.so", "account required pam_deny.so");
        AuthResult result = services.ask("alice", "secret", "login");
        assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(result.failDelay()).isGreaterThanOrEqualTo(DELAYED_BY.dividedBy(2));
    }

    @Test
    void nextRequestDoesNotInheritTheDelay() throws Exception {
        services.service("slow", DELAY, "auth required pam_deny.so").service("quick", "auth required pam_deny.so");
        try (PamAuthenticator pam = services.open("slow", "quick")) {
            assertThat(ServiceDirectory.ask(pam, "alice", "secret", "slow").failDelay())
                    .isPositive();
            assertThat(ServiceDirectory.ask(pam, "alice", "secret", "quick").failDelay())
                    .isZero();
        }
    }
}
