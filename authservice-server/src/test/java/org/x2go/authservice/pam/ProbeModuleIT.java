package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.ProbeModule;

/** What a module sees and may do, told by one that was made for it. */
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
                "round=p,geheim,root",
                "round=u,geheim,root",
                "round=pu,geheim,root",
                "round=ieupiepue,geheim,root",
                "round=ie,geheim,root",
                "round=p,geheim,root round=u,geheim,root round=i,, round=p,geheim,root",
                "round=pppppppppppppppppppppppppppppppp,geheim,root"
            })
    void everyPromptOfEveryRoundIsAnsweredAndTextsAreNot(String auth) throws Exception {
        assertThat(ask(auth, "")).isEqualTo(AuthResult.ok());
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
    void theAccountStepIsAnsweredToo() throws Exception {
        assertThat(ask("", "round=pu,geheim,root")).isEqualTo(AuthResult.ok());
    }

    @Test
    void aThreadOfTheModuleIsAnswered() throws Exception {
        assertThat(ask("thread=pu,geheim,root", "")).isEqualTo(AuthResult.ok());
    }

    @Test
    void theProbeItselfNotices() throws Exception {
        assertThat(ask("round=p,falsch,root", "").verdict().word()).isEqualTo("fail");
        assertThat(ask("round=u,geheim,toor", "").verdict().word()).isEqualTo("fail");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "round=,geheim,root",
                "round=px,geheim,root",
                "round=ppppppppppppppppppppppppppppppppp,geheim,root"
            })
    void whatCannotBeAnsweredIsAnError(String auth) throws Exception {
        assertThat(ask(auth, ""))
                .isEqualTo(AuthResult.error("a PAM module asked what cannot be answered (PAM_CONV_ERR)"));
    }

    @Test
    void terminalAndAskerAreSetAndTheHostIsNot() throws Exception {
        String items = "tty=login norhost ruser=" + System.getProperty("user.name");
        assertThat(ask(items, items)).isEqualTo(AuthResult.ok());
    }

    @Test
    void accountsWithoutAPasswordAreToBeRefusedInBothSteps() throws Exception {
        assertThat(ask("flags=1", "flags=1")).isEqualTo(AuthResult.ok());
    }

    @ParameterizedTest
    @ValueSource(strings = {"user=daemon", "user=no-such-user", "user=roo", "user=root2"})
    void aModuleThatChangesTheUserLetsNobodyIn(String change) throws Exception {
        assertThat(ask(change, "")).isEqualTo(AuthResult.fail("PAM changed the user"));
        assertThat(ask("", change)).isEqualTo(AuthResult.fail("PAM changed the user"));
    }

    @Test
    void settingTheSameUserAgainIsNoChange() throws Exception {
        assertThat(ask("user=root", "user=root")).isEqualTo(AuthResult.ok());
    }

    @Test
    void twoUsersWithoutAnAccountAreNeverTheSame() throws Exception {
        AuthResult result = new ServiceDirectory(directory)
                .service("login", "auth required " + module + " user=no-such-2", "account required " + module)
                .ask("no-such-1", "geheim", "login");
        assertThat(result).isEqualTo(AuthResult.fail("PAM changed the user"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 32, 77})
    void aStatusThatLinuxPamDoesNotHaveLetsNobodyIn(int status) throws Exception {
        assertThat(ask("status=" + status, "").verdict()).isNotEqualTo(Verdict.OK);
        assertThat(ask("", "status=" + status).verdict()).isNotEqualTo(Verdict.OK);
    }
}
