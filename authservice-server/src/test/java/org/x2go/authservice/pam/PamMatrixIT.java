package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.testsupport.Requirements;

/** Logins with pam_matrix(8) of libpam-wrapper, which has users, passwords and services in a file. */
class PamMatrixIT {
    @TempDir
    Path directory;

    private ServiceDirectory services;

    @BeforeEach
    void users() throws IOException {
        services = new ServiceDirectory(directory);
        matrix("login", "");
        matrix("verbose", " verbose");
    }

    private void matrix(String service, String options) throws IOException {
        Path passwords = directory.resolve("passwords");
        Files.write(passwords, List.of("alice:secret:login", "jürgen:größe€😀:login", "carol:secret:verbose"));
        String module = Requirements.pamModule("pam_matrix.so") + " passdb=" + passwords + options;
        services.service(service, "auth required " + module, "account required " + module);
    }

    @Test
    void rightPasswordIsAccepted() throws Exception {
        assertThat(services.ask("alice", "secret", "login")).isEqualTo(AuthResult.ok());
    }

    @Test
    void wrongPasswordFails() throws Exception {
        assertThat(services.ask("alice", "Secret", "login"))
                .isEqualTo(AuthResult.fail("wrong user or password (PAM_AUTH_ERR)"));
    }

    @Test
    void prefixOrSuffixOfThePasswordFails() throws Exception {
        assertThat(services.ask("alice", "secre", "login").verdict().word()).isEqualTo("fail");
        assertThat(services.ask("alice", "secret2", "login").verdict().word()).isEqualTo("fail");
        assertThat(services.ask("alice", "", "login").verdict().word()).isEqualTo("fail");
    }

    @Test
    void anotherUsersPasswordFails() throws Exception {
        assertThat(services.ask("jürgen", "secret", "login").verdict().word()).isEqualTo("fail");
    }

    @Test
    void unknownUserIsNotOk() throws Exception {
        assertThat(services.ask("mallory", "secret", "login").verdict().word()).isNotEqualTo("ok");
    }

    @Test
    void userOfAnotherServiceIsRefused() throws Exception {
        assertThat(services.ask("carol", "secret", "login"))
                .isEqualTo(AuthResult.fail("permission denied or account locked (PAM_PERM_DENIED)"));
    }

    @Test
    void namesAndPasswordsMayBeOutsideAscii() throws Exception {
        assertThat(services.ask("jürgen", "größe€😀", "login")).isEqualTo(AuthResult.ok());
        assertThat(services.ask("jürgen", "groesse", "login").verdict().word()).isEqualTo("fail");
    }

    @Test
    void informationalMessageIsReceived() throws Exception {
        assertThat(services.ask("carol", "secret", "verbose")).isEqualTo(AuthResult.ok());
        assertThat(services.said().lines()).anyMatch(line -> line.contains("PAM service verbose says: \"Auth"));
    }
}
