package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.Requirements;

/** A command that is given what PAM was given, by pam_exec(8). */
class PamExecIT {
    @TempDir
    Path directory;

    private ServiceDirectory services;

    @BeforeEach
    void modules() {
        Requirements.pamModule("pam_exec.so");
        services = new ServiceDirectory(directory);
    }

    private void command(String options, String... lines) throws IOException {
        Path script = directory.resolve("script");
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        services.service(
                "login", "auth required pam_exec.so " + options + " " + script, "account required pam_permit.so");
    }

    private AuthResult ask(byte[] password) throws Exception {
        try (PamAuthenticator pam = services.open("login")) {
            return ServiceDirectory.ask(pam, "alice", password, "login");
        }
    }

    /** What the command read, without the NUL that pam_exec ends it with. */
    private byte[] received() throws IOException {
        byte[] received = Files.readAllBytes(directory.resolve("received"));
        int end = received.length;
        while (end > 0 && received[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(received, end);
    }

    /** pam_exec itself passes on no more than 511 bytes; ProbeModuleIT has the longer ones. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 511})
    void passwordArrivesUnchanged(int length) throws Exception {
        command("expose_authtok", "cat > " + directory.resolve("received"));
        byte[] password = new byte[length];
        for (int i = 0; i < length; i++) {
            // Neither text in any encoding, nor a NUL.
            password[i] = (byte) (255 - i % 255);
        }
        assertThat(ask(password)).isEqualTo(AuthResult.ok());
        assertThat(received()).isEqualTo(password);
    }

    @Test
    void commandSeesUserServiceTerminalAndPeer() throws Exception {
        command(
                "",
                "echo \"$PAM_USER,$PAM_SERVICE,$PAM_TTY,$PAM_RUSER,$PAM_RHOST\" > " + directory.resolve("received"));
        assertThat(ask(new byte[0])).isEqualTo(AuthResult.ok());
        assertThat(received())
                .isEqualTo(("alice,login,login," + System.getProperty("user.name") + ",\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void failingCommandIsNotOk() throws Exception {
        command("quiet", "exit 1");
        // pam_exec has one status for a command's refusal and for a command that cannot be run.
        assertThat(ask(new byte[] {'x'}).verdict()).isIn(Verdict.ERROR, Verdict.FAIL);
    }

    @Test
    void missingCommandIsNotOk() throws Exception {
        services.service("login", "auth required pam_exec.so quiet " + directory.resolve("missing"));
        assertThat(ask(new byte[] {'x'}).verdict()).isIn(Verdict.ERROR, Verdict.FAIL);
    }

    @Test
    void outputOfTheCommandIsLoggedWithDebug() throws Exception {
        command("stdout", "echo 'account is closed'");
        assertThat(ask(new byte[] {'x'})).isEqualTo(AuthResult.ok());
        assertThat(services.said().lines())
                .anyMatch(line -> line.contains("DEBUG") && line.contains("account is closed"));
    }

    @Test
    void passwordInTheOutputIsNotLogged() throws Exception {
        command("expose_authtok stdout", "echo \"the password is $(cat | tr -d '\\0')\"");
        assertThat(ask("correct-horse".getBytes(StandardCharsets.UTF_8))).isEqualTo(AuthResult.ok());
        assertThat(services.said().lines()).anyMatch(line -> line.contains("withheld"));
        assertThat(services.said().lines()).noneMatch(line -> line.contains("correct-horse"));
    }
}
