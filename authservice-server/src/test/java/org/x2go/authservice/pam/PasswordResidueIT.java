package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.pam.ServiceDirectory.PEER;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.protocol.Wipe;
import org.x2go.authservice.testsupport.ProbeModule;
import org.x2go.authservice.testsupport.ProcessMemory;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.SystemAccount;

/** Once a request is over, its password is nowhere in this process. */
@ResourceLock("/etc/passwd")
@Timeout(120)
class PasswordResidueIT {
    private static final int LENGTH = 24;
    private static final byte MASK = (byte) 0x5a;

    /** The password, which itself is made outside the heap only. */
    private final byte[] masked = new byte[LENGTH];

    @TempDir
    Path directory;

    PasswordResidueIT() {
        new SecureRandom().nextBytes(masked);
        for (int i = 0; i < LENGTH; i++) {
            // The mask leaves the highest bit alone: no byte of the password is a NUL.
            masked[i] = (byte) (masked[i] | 0x80);
        }
    }

    @Test
    void searchFindsAPasswordInMemory() throws Exception {
        ByteBuffer password = password();
        assertThat(ProcessMemory.countOwn(masked, MASK)).isPositive();
        Wipe.wipe(password);
        assertThat(ProcessMemory.countOwn(masked, MASK)).isZero();
    }

    @Test
    void passwordsGivenToAModuleAreWiped() throws Exception {
        Path module = ProbeModule.compileIn(directory);
        askOften("root", "auth required " + module + " round=p,*,", Verdict.OK);
        assertThat(ProcessMemory.countOwn(masked, MASK)).isZero();
    }

    @Test
    void passwordsHashedByPamUnixAreWiped() throws Exception {
        Requirements.pamModule("pam_unix.so");
        SystemAccount account = SystemAccount.create();
        try {
            account.password("another");
            askOften(account.name(), "auth required pam_unix.so", Verdict.FAIL);
        } finally {
            account.remove();
        }
        assertThat(ProcessMemory.countOwn(masked, MASK)).isZero();
    }

    private void askOften(String user, String auth, Verdict expected) throws Exception {
        ServiceDirectory services =
                new ServiceDirectory(directory).service("login", auth, "account required pam_permit.so");
        try (PamAuthenticator pam = services.open("login")) {
            for (int i = 0; i < 50; i++) {
                ByteBuffer password = password();
                try (Credentials credentials = Credentials.copyOf(user, password, "login")) {
                    assertThat(pam.authenticate(credentials, PEER).verdict()).isEqualTo(expected);
                } finally {
                    Wipe.wipe(password);
                }
            }
        }
    }

    private ByteBuffer password() {
        ByteBuffer password = ByteBuffer.allocateDirect(LENGTH);
        for (byte b : masked) {
            password.put((byte) (b ^ MASK));
        }
        return password.flip();
    }
}
