package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.ProbeModule;

/** What a module sees and may do, reported by a module compiled for this test. */
class ProbeModuleIT {
    @TempDir
    static Path moduleDirectory;

    private static Path module = Path.of("");

    @TempDir
    Path directory;

    @BeforeAll
    static void compile() throws Exception {
        module = ProbeModule.compileIn(moduleDirectory);
    }

    private AuthResult ask(String auth, String account) throws Exception {
        return new ServiceDirectory(directory)
                .service("login", "auth required " + module + " " + auth, "account required " + module + " " + account)
                .ask("root", "geheim", "login");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "round=p,geheim,",
                "round=ieipie,geheim,",
                "round=ie,geheim,",
                "round=p,geheim, round=i,, round=p,geheim,",
                "round=p,geheim, round=p,geheim, round=p,geheim, round=p,geheim, round=p,geheim,",
                "round=iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiip,geheim,",
                "notext round=p,geheim, round=p,geheim, round=i,,"
            })
    void hiddenPromptOfEachCallIsAnswered(String auth) throws Exception {
        assertThat(ask(auth, "")).isEqualTo(AuthResult.ok());
    }

    /** Two modules, of which the second does not know what the first one was told. */
    @Test
    void passwordPromptsOfTwoModulesAreAnswered() throws Exception {
        String asks = "auth required " + module + " [text=Password: ] round=p,geheim,";
        assertThat(new ServiceDirectory(directory)
                        .service("login", asks, asks, "account required " + module)
                        .ask("root", "geheim", "login"))
                .isEqualTo(AuthResult.ok());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[text=Enter new password: ] round=pp,geheim, | 2 hidden prompts at once, 'Enter new password: '",
                "[text=Password: ] round=p,geheim, round=pip,geheim, | 2 hidden prompts at once, 'Password: '",
                "[text=Enter PASSCODE: ] round=u,,root | a visible prompt, 'Enter PASSCODE: '",
                "[text=login: ] round=pu,geheim,root | a visible prompt, 'login: '",
                "round=p,geheim, [text=Verification code: ] round=p,geheim, | another hidden prompt, 'Verification code: '",
                "[text=a geheim] round=u,,root | a visible prompt, '(withheld, because it holds the password)'",
                "[text=a 'b'] round=u,,root | a visible prompt, 'a \\'b\\''",
                "notext round=u,,root | a visible prompt, without a text",
                "round=r,, | a message of style 5",
                "round=pb,geheim, | a message of style 7",
                "round=,, | a call with 0 messages",
                "round=ppppppppppppppppppppppppppppppppp,geheim, | a call with 33 messages",
            })
    void otherPromptIsAnErrorThatNamesIt(String auth, String reason) throws Exception {
        for (int status : new int[] {7, 10, 12, 19}) {
            AuthResult result = ask("delay=1000000 unanswered=" + status + " " + auth, "");
            assertThat(result.verdict()).isEqualTo(Verdict.ERROR);
            assertThat(result.reason())
                    .isEqualTo("a PAM module asked for something other than the password: " + reason + " ("
                            + PamStatus.of(status).cName() + ")");
            assertThat(result.failDelay()).isPositive();
        }
    }

    @Test
    void repeatedOtherPromptIsNeverAnswered() throws Exception {
        String again = " round=pp,, round=u,,";
        AuthResult result = ask("unanswered=0" + again + again + again + " status=7", "");
        assertThat(result)
                .isEqualTo(
                        AuthResult.error("a PAM module asked for something other than the password: 2 hidden prompts at"
                                + " once, 'a message' (PAM_AUTH_ERR)"));
    }

    @Test
    void successAfterAnUnansweredPromptIsOk() throws Exception {
        assertThat(new ServiceDirectory(directory)
                        .service(
                                "login",
                                "auth optional " + module + " round=u,,root",
                                "auth optional " + module + " round=pp,geheim,root",
                                "auth required " + module + " round=p,geheim,",
                                "account required " + module)
                        .ask("root", "geheim", "login"))
                .isEqualTo(AuthResult.ok());
    }

    @Test
    void refusalAfterAnUnansweredPromptIsAnError() throws Exception {
        assertThat(ask("unanswered=0 round=u,,root", "status=13").reason())
                .isEqualTo("a PAM module asked for something other than the password: a visible prompt, 'a message'"
                        + " (PAM_ACCT_EXPIRED)");
    }

    @Test
    void promptForANewPasswordIsUnanswered() throws Exception {
        assertThat(ask("round=p,geheim,", "[text=New password: ] round=p,geheim,")
                        .verdict())
                .isEqualTo(Verdict.ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 600, 4096})
    void passwordsOfAnyLengthArrive(int length) throws Exception {
        byte[] password = new byte[length];
        for (int i = 0; i < length; i++) {
            password[i] = (byte) (255 - i % 255);
        }
        ServiceDirectory services = new ServiceDirectory(directory)
                .service("login", "auth required " + module + " countdown=" + length, "account required " + module);
        try (PamAuthenticator pam = services.open("login")) {
            assertThat(ServiceDirectory.ask(pam, "root", password, "login")).isEqualTo(AuthResult.ok());
        }
    }

    @Test
    void promptOfTheAccountStepIsAnswered() throws Exception {
        assertThat(ask("", "round=p,geheim,")).isEqualTo(AuthResult.ok());
    }

    @Test
    void promptFromAThreadOfTheModuleIsAnswered() throws Exception {
        assertThat(ask("thread=pi,geheim,", "")).isEqualTo(AuthResult.ok());
    }

    @Test
    void probeModuleDetectsAWrongPassword() throws Exception {
        assertThat(ask("round=p,falsch,root", "").verdict().word()).isEqualTo("fail");
    }

    @Test
    void ttyAndRuserAreSetAndRhostIsNot() throws Exception {
        String items = "tty=login norhost ruser=" + System.getProperty("user.name");
        assertThat(ask(items, items)).isEqualTo(AuthResult.ok());
    }

    @Test
    void bothStepsDisallowNullPasswords() throws Exception {
        assertThat(ask("flags=1", "flags=1")).isEqualTo(AuthResult.ok());
    }

    @ParameterizedTest
    @ValueSource(strings = {"daemon", "no-such-user", "roo", "root2", "o'hara"})
    void changedUserIsRefusedAndBothAreNamed(String user) throws Exception {
        AuthResult refused = AuthResult.fail("PAM changed the user from 'root' to '" + user.replace("'", "\\'") + "'");
        assertThat(ask("user=" + user, "")).isEqualTo(refused);
        assertThat(ask("", "user=" + user)).isEqualTo(refused);
    }

    /** Otherwise the time of the reply would show that the password is right. */
    @ParameterizedTest
    @ValueSource(strings = {"user=daemon", "status=7", "status=12", "status=9"})
    void accountRefusalIsDelayedLikeAWrongPassword(String account) throws Exception {
        String delay = "delay=1000000000 ";
        Duration least = Duration.ofSeconds(500);
        assertThat(ask(delay + "status=7", "").failDelay()).isGreaterThanOrEqualTo(least);
        assertThat(ask(delay, account).failDelay()).isGreaterThanOrEqualTo(least);
        assertThat(ask(delay, "")).isEqualTo(AuthResult.ok());
    }

    @Test
    void sameUserSetAgainIsNoChange() throws Exception {
        assertThat(ask("user=root", "user=root")).isEqualTo(AuthResult.ok());
    }

    @Test
    void usersWithoutAnAccountAreNeverTheSame() throws Exception {
        AuthResult result = new ServiceDirectory(directory)
                .service("login", "auth required " + module + " user=no-such-2", "account required " + module)
                .ask("no-such-1", "geheim", "login");
        assertThat(result).isEqualTo(AuthResult.fail("PAM changed the user from 'no-such-1' to 'no-such-2'"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 32, 77})
    void unknownStatusIsNotOk(int status) throws Exception {
        assertThat(ask("status=" + status, "").verdict()).isNotEqualTo(Verdict.OK);
        assertThat(ask("", "status=" + status).verdict()).isNotEqualTo(Verdict.OK);
    }
}
