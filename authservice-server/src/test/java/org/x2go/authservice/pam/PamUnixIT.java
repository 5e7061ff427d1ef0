package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.SystemAccount;

/** Accounts of this machine, made for the test, by pam_unix(8). */
@ResourceLock("/etc/passwd")
@Timeout(120)
class PamUnixIT {
    private static final String RIGHT = "correct-horse";

    @TempDir
    Path directory;

    private ServiceDirectory services;
    private SystemAccount account;

    @BeforeEach
    void makeAccount() throws Exception {
        Requirements.pamModule("pam_unix.so");
        services = new ServiceDirectory(directory)
                .service("login", "auth required pam_unix.so nullok", "account required pam_unix.so");
        account = SystemAccount.create();
    }

    @AfterEach
    void removeAccount() throws Exception {
        if (account != null) {
            account.remove();
        }
    }

    private AuthResult ask(String password) throws Exception {
        return services.ask(account.name(), password, "login");
    }

    private static AuthResult undelayed(AuthResult result) {
        return result.delayedBy(Duration.ZERO);
    }

    @Test
    void rightPasswordIsAccepted() throws Exception {
        account.password(RIGHT);
        assertThat(ask(RIGHT)).isEqualTo(AuthResult.ok());
    }

    @Test
    void wrongPasswordFailsWithPamsDelay() throws Exception {
        account.password(RIGHT);
        AuthResult result = ask("wrong");
        assertThat(undelayed(result)).isEqualTo(AuthResult.fail("wrong user or password (PAM_AUTH_ERR)"));
        assertThat(result.failDelay()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
    }

    @Test
    void passwordOutsideAsciiIsAccepted() throws Exception {
        account.password("größe€😀");
        assertThat(ask("größe€😀")).isEqualTo(AuthResult.ok());
        assertThat(ask("große€😀").verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void unknownUserFails() throws Exception {
        AuthResult result = services.ask("no-such-user", RIGHT, "login");
        assertThat(undelayed(result)).isEqualTo(AuthResult.fail("unknown user (PAM_USER_UNKNOWN)"));
    }

    @Test
    void expiredAccountFails() throws Exception {
        account.password(RIGHT).change("chage", "-E", "2001-01-01");
        assertThat(undelayed(ask(RIGHT))).isEqualTo(AuthResult.fail("account expired (PAM_ACCT_EXPIRED)"));
    }

    @Test
    void expiredPasswordFails() throws Exception {
        account.password(RIGHT).change("chage", "-d", "0");
        assertThat(undelayed(ask(RIGHT))).isEqualTo(AuthResult.fail("password expired (PAM_NEW_AUTHTOK_REQD)"));
    }

    @Test
    void passwordExpiredLongAgoFails() throws Exception {
        account.password(RIGHT).change("chage", "-d", "2001-01-01", "-M", "10", "-I", "10");
        assertThat(undelayed(ask(RIGHT))).isEqualTo(AuthResult.fail("password expired (PAM_AUTHTOK_EXPIRED)"));
    }

    @Test
    void lockedAccountFails() throws Exception {
        account.password(RIGHT).change("usermod", "-L");
        assertThat(ask(RIGHT).verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void accountWithoutAPasswordFailsDespiteNullok() throws Exception {
        account.change("passwd", "-d");
        assertThat(ask("").verdict()).isEqualTo(Verdict.FAIL);
        assertThat(ask("anything").verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void emptyPasswordIsAcceptedIfTheAccountHasItsHash() throws Exception {
        account.password("");
        assertThat(ask("")).isEqualTo(AuthResult.ok());
        assertThat(ask("anything").verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void emptyPasswordFailsForAnAccountWithAPassword() throws Exception {
        account.password(RIGHT);
        assertThat(ask("").verdict()).isEqualTo(Verdict.FAIL);
    }
}
