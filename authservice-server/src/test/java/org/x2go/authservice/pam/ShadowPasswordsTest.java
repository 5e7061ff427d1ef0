package org.x2go.authservice.pam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.protocol.Verdict;

class ShadowPasswordsTest {
    private static final AuthResult WRONG = AuthResult.fail("wrong user or password");

    @TempDir
    Path directory;

    private Path accounts;

    @BeforeEach
    void writeFiles() throws IOException {
        accounts = Files.writeString(directory.resolve("passwd"), "alice:x:1000:1000::/home/alice:/bin/sh\n");
        Files.writeString(directory.resolve("other"), "auth required pam_deny.so\n");
    }

    @Test
    void refusalOfLocalUserIsAnErrorWhereShadowCannotBeRead() throws IOException {
        AuthResult checked = new ShadowPasswords(false, accounts).checked(WRONG, calls("pam_unix.so"), "alice");

        assertEquals(Verdict.ERROR, checked.verdict());
        assertTrue(checked.reason().contains("unix_chkpwd"), checked.reason());
    }

    @Test
    void errorInPlaceOfARefusalKeepsItsDelay() throws IOException {
        AuthResult delayed = WRONG.delayedBy(Duration.ofSeconds(2));
        AuthResult checked = new ShadowPasswords(false, accounts).checked(delayed, calls("pam_unix.so"), "alice");

        assertEquals(Duration.ofSeconds(2), checked.failDelay());
    }

    @Test
    void accountsMayBeInAnyEncoding() throws IOException {
        Files.write(accounts, "bob:x:1:1:J\u00f6rg:/:/bin/sh\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(
                accounts, "j\u00f6rg:x:2:2::/:/bin/sh\n".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        ShadowPasswords shadow = new ShadowPasswords(false, accounts);

        assertEquals(
                Verdict.ERROR,
                shadow.checked(WRONG, calls("pam_unix.so"), "j\u00f6rg").verdict());
        assertEquals(WRONG, shadow.checked(WRONG, calls("pam_unix.so"), "alice"));
    }

    @Test
    void refusalStandsWherePamUnixReadsShadow() throws IOException {
        assertEquals(WRONG, new ShadowPasswords(true, accounts).checked(WRONG, calls("pam_unix.so"), "alice"));
    }

    @Test
    void refusalOfUserOfADirectoryStands() throws IOException {
        assertEquals(WRONG, new ShadowPasswords(false, accounts).checked(WRONG, calls("pam_unix.so"), "ali"));
    }

    @Test
    void refusalWithoutPamUnixStands() throws IOException {
        assertEquals(WRONG, new ShadowPasswords(false, accounts).checked(WRONG, calls("pam_sss.so"), "alice"));
    }

    @Test
    void acceptedPasswordStaysAccepted() throws IOException {
        AuthResult ok = AuthResult.ok();

        assertEquals(ok, new ShadowPasswords(false, accounts).checked(ok, calls("pam_unix.so"), "alice"));
    }

    @Test
    void moduleThatCallsGetspnamReadsByItself() throws IOException {
        Path old = Files.writeString(directory.resolve("old.so"), "ELF\0pam_modutil_getspnam\0");
        Path recent = Files.writeString(directory.resolve("new.so"), "ELF\0pam_modutil_getpwnam\0");

        assertTrue(ShadowPasswords.readsByItself(old));
        assertFalse(ShadowPasswords.readsByItself(recent));
    }

    private ServiceStack calls(String module) throws IOException {
        Files.writeString(directory.resolve("site"), "auth required " + module + "\naccount required pam_permit.so\n");
        return ServiceStack.read(
                "site",
                LibPamBuild.of(Path.of("/usr/lib/libpam.so.0"), new byte[0]),
                new PamConfiguration(
                        ServicePolicy.allowing(List.of("site")), Optional.of(directory), DeniedModules.NONE));
    }
}
