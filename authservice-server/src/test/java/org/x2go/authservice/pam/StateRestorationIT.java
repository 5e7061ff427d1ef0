package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.posix.SystemLog;
import org.x2go.authservice.testsupport.NotifySocket;
import org.x2go.authservice.testsupport.ProbeModule;
import org.x2go.authservice.testsupport.Requirements;

/** Changes of a module to its thread and process do not reach the next transaction. */
class StateRestorationIT {
    private static final Path SYSTEM_LOG = Path.of("/dev/log");

    @TempDir
    static Path moduleDirectory;

    private static Path module = Path.of("");

    @TempDir
    Path directory;

    @BeforeAll
    static void compile() throws Exception {
        module = ProbeModule.compileHavocIn(moduleDirectory);
    }

    @BeforeEach
    void root() {
        Requirements.root();
    }

    private ServiceDirectory services(String first, String second) throws Exception {
        String account = "account required pam_permit.so";
        return new ServiceDirectory(directory)
                .service("first", "auth required " + module + " " + first, account)
                .service("second", "auth required " + module + " " + second, account);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fsuid", "fsgid", "signals"})
    void threadStateIsRestoredAfterATransaction(String havoc) throws Exception {
        try (PamAuthenticator pam = services(havoc, "thread-is-whole").open("first", "second")) {
            assertThat(ServiceDirectory.ask(pam, "alice", "secret", "first")).isEqualTo(AuthResult.ok());
            assertThat(ServiceDirectory.ask(pam, "alice", "secret", "second")).isEqualTo(AuthResult.ok());
        }
    }

    @Test
    @ResourceLock("/dev/log")
    void syslogIdentIsRestoredAfterATransaction() throws Exception {
        assumeFalse(Files.exists(SYSTEM_LOG), "a system's log runs here");
        try (NotifySocket log = NotifySocket.at(SYSTEM_LOG.toString());
                PamAuthenticator pam = services("openlog", "syslog left-behind").open("first", "second")) {
            SystemLog.setProgramName("authservice-test");
            assertThat(ServiceDirectory.ask(pam, "alice", "secret", "first")).isEqualTo(AuthResult.ok());
            assertThat(ServiceDirectory.ask(pam, "alice", "secret", "second")).isEqualTo(AuthResult.ok());
            assertThat(log.next("left-behind")).contains(" authservice-test[").doesNotContain("havoc");
        } finally {
            Files.deleteIfExists(SYSTEM_LOG);
        }
    }
}
