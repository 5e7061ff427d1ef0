package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.SpecialFiles;

/** Output and exit status of the packaged program when it does not start the service. */
class CommandLineIT {
    @TempDir
    Path directory;

    private Program program;

    @BeforeEach
    void program() {
        program = new Program(directory, Map.of());
    }

    @Test
    void helpIsPrinted() throws Exception {
        Program.Result ended = program.run("--help");

        assertThat(ended.status()).isZero();
        assertThat(ended.out()).startsWith("Usage: x2gobroker-authservice [OPTIONS]\n");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void versionIsPrinted() throws Exception {
        assertThat(program.run("--version"))
                .satisfies(
                        ended -> assertThat(ended.out()).matches("authservice [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?\n"))
                .satisfies(ended -> assertThat(ended.err()).isEmpty())
                .satisfies(ended -> assertThat(ended.status()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--bogus", "extra", "-s", "--permissions=rw", "--workers=0", "-D --allow-service=other"})
    void wrongUsageIsExplainedInOneLine(String args) throws Exception {
        Program.Result ended = program.run(args.split(" ", -1));

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .startsWith("x2gobroker-authservice: ")
                .endsWith(" (try --help)\n")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s", "--allow-uid", "--allow-gid", "--owner", "--group"})
    void argumentOutsideTheLocaleIsRefused(String option) throws Exception {
        List<String> withName = List.of("/bin/sh", "-c", "exec \"$@\" \"$(printf 'j\\303\\274rgen')\"", "sh");
        Program.Result ended = new Program(directory, Map.of("LC_ALL", "C"), withName).run("--check-config", option);

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .isEqualTo("x2gobroker-authservice: An argument is not text in this locale (LC_ALL=C): use a UTF-8"
                        + " locale, such as LC_ALL=C.UTF-8 (try --help)\n");
    }

    @Test
    void variableOutsideTheLocaleIsRefused() throws Exception {
        List<String> withSocket = List.of(
                "/bin/sh",
                "-c",
                "export X2GOBROKER_AUTHSERVICE_SOCKET=\"$(printf 'j\\303\\274rgen')\"; exec \"$@\"",
                "sh");
        Program.Result ended = new Program(directory, Map.of("LC_ALL", "C"), withSocket).run("--check-config");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err())
                .contains("The value of X2GOBROKER_AUTHSERVICE_SOCKET is not text in this locale (LC_ALL=C)");
    }

    @Test
    void failedStartIsExplainedInOneLine() throws Exception {
        Program.Result ended = program.run("-s", "socket", "--auth-log", "no/such/log");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .isEqualTo("x2gobroker-authservice: the directory of the log " + directory.toRealPath()
                        + "/no/such/log does not exist: create it, name another file with --auth-log,"
                        + " or log to stderr with -i\n");
    }

    @Test
    void deviceIsRefusedWithoutAdviceToRemoveIt() throws Exception {
        Path device = SpecialFiles.device(directory.resolve("device"));
        for (String option : List.of("--metrics-file", "--auth-log", "-s")) {
            for (String path : List.of(device.toString(), "/dev/stdout")) {
                Program.Result ended =
                        program.run("-s", "socket", "--auth-log", "log", "--isolation", "thread", option, path);
                assertThat(ended.status()).as("%s %s", option, path).isEqualTo(1);
                assertThat(ended.err())
                        .hasLineCount(1)
                        .containsAnyOf("is a device", "is a symbolic link")
                        .contains("choose another")
                        .doesNotContain("remove");
            }
        }
        assertThat(Files.getAttribute(device, "unix:rdev"))
                .isEqualTo(Files.getAttribute(Path.of("/dev/null"), "unix:rdev"));
        assertThat(directory.resolve("socket")).doesNotExist();
    }

    @Test
    void failedStartShowsAStackTraceWithDebug() throws Exception {
        assertThat(program.run("-d", "-s", "socket", "--auth-log", "no/such/log")
                        .err())
                .contains("\n\tat org.x2go.authservice.");
    }

    @Test
    void missingSocketOwnerIsNamed() throws Exception {
        Program.Result ended = program.run("-s", "socket", "--auth-log", "log", "-o", "no-such-user-here");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .isEqualTo(
                        "x2gobroker-authservice: there is no user 'no-such-user-here': create it, or choose another with --owner\n");
        assertThat(Files.readString(directory.resolve("log"))).contains(" ERROR Not started: there is no user ");
    }

    @Test
    void checkConfigPrintsTheConfiguration() throws Exception {
        Files.createDirectory(directory.resolve("pam"));
        String[] args = {"--check-config", "-s", "socket", "--auth-log", "log", "--pam-confdir", "pam"};
        Program.Result without = program.run(args);
        assertThat(without.status()).isEqualTo(1);
        assertThat(without.out())
                .contains("problem: PAM service x2gobroker is answered \"error\": service file missing;");

        Files.writeString(
                directory.resolve("pam/x2gobroker"), "auth required pam_permit.so\naccount required pam_permit.so\n");
        Program.Result with = program.run(args);
        assertThat(with.status()).isZero();
        assertThat(with.out()).endsWith("Configuration OK.\n");
        assertThat(with.err()).isEmpty();
    }
}
