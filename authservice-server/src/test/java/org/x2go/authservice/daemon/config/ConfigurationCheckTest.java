package org.x2go.authservice.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.pam.DeniedModules;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.SpecialFiles;

class ConfigurationCheckTest {
    private static final String PERMIT = "auth required pam_permit.so\naccount required pam_permit.so\n";

    @TempDir
    Path directory;

    private Path pam;
    private Map<String, String> environment = Map.of();
    private String report = "";

    @BeforeEach
    void serviceFile() throws IOException {
        pam = Files.createDirectory(directory.resolve("pam"));
        Files.writeString(pam.resolve("x2gobroker"), PERMIT);
    }

    private boolean check(String... more) throws Exception {
        return check(ProcessUser.current(), more);
    }

    private boolean check(ProcessUser user, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of(
                "-s", directory.resolve("run/socket").toString(),
                "--auth-log", directory.resolve("log").toString(),
                "--pam-confdir", pam.toString()));
        args.addAll(List.of(more));
        SettingSources sources = SettingSources.open(environment, directory.resolve("missing"));
        CommandLineParser parser = new CommandLineParser(sources);
        Options options = parser.parse(args.toArray(String[]::new));
        Settings settings = new SettingsReader(sources, directory.resolve("missing"), user).read(parser, options);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        boolean sound = new ConfigurationCheck(settings, options.origins, user, print).run();
        report = out.toString(StandardCharsets.UTF_8);
        return sound;
    }

    @Test
    void settingsArePrintedAndNothingIsChanged() throws Exception {
        assertThat(check()).isTrue();

        assertThat(report)
                .contains("socket: " + directory.resolve("run/socket") + " (")
                .contains("PAM service x2gobroker: " + pam.resolve("x2gobroker"))
                .contains("log: " + directory.resolve("log"))
                .doesNotContain("problem: ")
                .endsWith("Configuration OK.\n");
        assertThat(directory.resolve("run")).doesNotExist();
        assertThat(directory.resolve("log")).doesNotExist();
    }

    @Test
    void formOfPamIsPrinted() throws Exception {
        assertThat(check()).isTrue();
        assertThat(report).contains("PAM: in threads of the service's process\n");

        assertThat(check("--isolation", "process", "--worker-max-rss", "99")).isTrue();
        assertThat(report).contains("PAM: in processes of its own, ").contains(" or with 99 MB\n");
    }

    @Test
    void socketIsNotCheckedIfSystemdStartsTheWorkers() throws Exception {
        ProcessUser ordinary = new ProcessUser("jane", false);
        Path workers = directory.resolve("workers");
        String[] args = {"--isolation", "process", "--worker-socket", workers.toString(), "-s", "/proc/no/socket"};

        assertThat(check(ordinary, args)).isFalse();
        assertThat(report).contains("problem: jane cannot connect to " + workers + ": ");

        Files.createFile(workers);
        assertThat(check(ordinary, args)).isFalse();
        assertThat(report).contains("problem: no process listens on " + workers);

        Files.delete(workers);
        try (ServerSocketChannel listening = listening(workers)) {
            assertThat(listening.isOpen()).isTrue();
            assertThat(check(ordinary, args)).isTrue();
        }
        assertThat(report)
                .contains("PAM: in processes that systemd starts for connections to " + workers)
                .doesNotContain("socket: /proc/no/socket", "not root");
    }

    @Test
    void missingServiceFileIsAProblem() throws Exception {
        assertThat(check("--allow-service", "x2gobroker", "--allow-service", "missing"))
                .isFalse();

        assertThat(report)
                .contains(
                        "problem: PAM service missing is answered \"error\": service file missing; looked for [" + pam)
                .endsWith("This configuration has problems: see above.\n");
    }

    @Test
    void serviceThatAcceptsRootIsAWarning() throws Exception {
        Files.writeString(pam.resolve("x2gobroker"), "auth sufficient pam_rootok.so\n" + PERMIT);

        assertThat(check()).isTrue();
        assertThat(report).contains("warning: PAM service x2gobroker uses pam_rootok.so (" + pam);
    }

    @Test
    void misspelledSettingsAreProblems() throws Exception {
        environment = Map.of("X2GOBROKER_DEBUG", "maybe", "X2GOBROKER_AUTHSERVICE_WORKER", "3");

        assertThat(check()).isFalse();
        assertThat(report)
                .contains("problem: environment, X2GOBROKER_DEBUG: 'maybe' is neither on nor off")
                .contains("problem: unknown setting X2GOBROKER_AUTHSERVICE_WORKER");
    }

    @Test
    void everySettingIsShownWithItsSource() throws Exception {
        environment = Map.of("X2GOBROKER_AUTHSERVICE_WORKERS", "3");

        assertThat(check("--request-timeout", "7")).isTrue();
        assertThat(report)
                .contains("  workers = 3 (environment, X2GOBROKER_AUTHSERVICE_WORKERS)\n")
                .contains("  request-timeout = 7 (command line)\n")
                .contains("  send-timeout = 10 (default)\n");
    }

    @Test
    void worldWritableSocketIsAWarning() throws Exception {
        assertThat(check("-p", "666")).isTrue();
        assertThat(report).contains("warning: the socket is world-writable");
    }

    @Test
    void unknownSocketOwnerIsAProblem() throws Exception {
        assertThat(check("-o", "no-such-user-here")).isFalse();
        assertThat(report).contains("problem: there is no user 'no-such-user-here'");

        assertThat(check("-g", "no-such-group-here")).isFalse();
        assertThat(report).contains("problem: there is no group 'no-such-group-here'");
    }

    @Test
    void anotherSocketOwnerNeedsRoot() throws Exception {
        ProcessUser ordinary = new ProcessUser("jane", false);

        assertThat(check(ordinary, "-g", "4000000")).isFalse();
        assertThat(report).contains("problem: only root can make a socket for group 4000000: leave out --group");
        assertThat(check(ordinary, "-o", "4000000")).isFalse();
        assertThat(report).contains("problem: only root can make a socket for user 4000000: leave out --owner");
        assertThat(check(new ProcessUser("root", true), "-o", "4000000", "-g", "4000000"))
                .isTrue();
    }

    @Test
    void metricsFileIsChecked() throws Exception {
        Path file = directory.resolve("authservice.prom");
        assertThat(check("--metrics-file", file.toString(), "--metrics-interval", "5"))
                .isTrue();
        assertThat(report).contains("metrics: " + file + ", every 5 s\n").doesNotContain("warning: node_exporter");

        assertThat(check("--metrics-file", directory.resolve("metrics").toString()))
                .isTrue();
        assertThat(report).contains("warning: node_exporter reads files whose names end in .prom only");

        assertThat(check("--metrics-file", directory.resolve("no/such.prom").toString()))
                .isFalse();
        assertThat(report).contains("problem: the directory of the metrics file " + directory.resolve("no/such.prom"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth required pam_that_is_missing.so|x2gobroker, line 1: module pam_that_is_missing.so is not there",
                "auth required pam_limits.so|x2gobroker, line 1: module pam_limits.so cannot be used for auth",
                "auth requird pam_permit.so|x2gobroker, line 1: 'requird' is an invalid control",
                "auth required|x2gobroker, line 1: a module is missing",
                "auth required pam_permit.so\r|x2gobroker, line 1: ends with a carriage return",
                "\u00ef\u00bb\u00bfauth required pam_permit.so|x2gobroker, line 1: begins with a byte order mark",
                "account required pam_permit.so|no auth rule in ",
                "@include common-missing|x2gobroker, line 1: includes 'common-missing', which does not exist",
                "auth include /no/such/file|x2gobroker, line 1: includes '/no/such/file', which does not exist",
                "-auth optional pam_that_is_missing.so|has no auth rule whose module can be called",
                "auth required pam_permit.so|has no account rule, nor has other",
            })
    void problemOfAServiceFileIsNamed(String textAndProblem) throws Exception {
        String[] parts = textAndProblem.split("\\|", -1);
        Files.writeString(pam.resolve("x2gobroker"), parts[0] + "\n", StandardCharsets.ISO_8859_1);

        assertThat(check()).isFalse();
        assertThat(report.lines()).anyMatch(line -> line.startsWith("problem: ") && line.contains(parts[1]));
    }

    @Test
    void missingOptionalModuleIsAWarning() throws Exception {
        Files.writeString(pam.resolve("x2gobroker"), PERMIT + "-auth optional pam_that_is_missing.so\n");

        assertThat(check()).isTrue();
        assertThat(report).contains("warning: " + pam + "/x2gobroker, line 3: module pam_that_is_missing.so");
    }

    @Test
    void fileOfTheAccountRulesIsNamed() throws Exception {
        Files.writeString(pam.resolve("x2gobroker"), "auth required pam_permit.so\n");
        Files.writeString(pam.resolve("other"), "account required pam_deny.so\n");

        assertThat(check()).isTrue();
        assertThat(report)
                .contains("warning: PAM service x2gobroker has no account rule: the rules of " + pam
                        + "/other apply instead");
    }

    @Test
    void deniedModuleIsAProblem() throws Exception {
        environment = Map.of(DeniedModules.VARIABLE, "pam_krb5 pam_permit");

        assertThat(check()).isFalse();
        assertThat(report)
                .contains("problem: PAM service x2gobroker is answered \"error\": PAM module pam_permit is denied by "
                        + DeniedModules.VARIABLE);
    }

    @Test
    void userWhoCannotReadShadowIsAProblem() throws Exception {
        Files.writeString(pam.resolve("x2gobroker"), "auth required pam_unix.so\naccount required pam_permit.so\n");

        assertThat(check(new ProcessUser("jane", false))).isFalse();
        assertThat(report).contains("problem: " + pam + "/x2gobroker, line 1: pam_unix lets a user other than root");
        assertThat(check(new ProcessUser("root", true))).isTrue();
    }

    @Test
    void sameFileForTwoPurposesIsAProblem() throws Exception {
        assertThat(check("--metrics-file", directory.resolve("run/../log").toString()))
                .isFalse();
        assertThat(report).contains("problem: --metrics-file and --auth-log are the same file");
        assertThat(check(
                        "-D",
                        "-L",
                        directory.toString(),
                        "-P",
                        directory.resolve("run/socket").toString()))
                .isFalse();
        assertThat(report).contains("problem: --pidfile and --socket-file are the same file");
        assertThat(check()).as(report).isTrue();
    }

    @Test
    void moduleThatIsAPipeIsNotLoaded() throws Exception {
        Path pipe = SpecialFiles.pipe(directory.resolve("pam_pipe.so"));
        Files.writeString(pam.resolve("x2gobroker"), "auth required " + pipe + "\naccount required pam_permit.so\n");

        assertThat(check()).isFalse();
        assertThat(report).contains("x2gobroker, line 1: module " + pipe + " is not a regular file");
    }

    @Test
    void tooLongSocketPathIsAProblem() throws Exception {
        assertThat(check("-s", directory.resolve("x".repeat(108)).toString())).isFalse();
        assertThat(report).contains("and may have 107 at most");
    }

    @Test
    void fileAtTheSocketPathIsAProblem() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(check("-s", file.toString())).isFalse();
        assertThat(report).contains("problem: the file at " + file + " is not a socket");

        assertThat(check("-s", file.resolve("below").toString())).isFalse();
        assertThat(report).contains("problem: " + file + " is not a directory");
    }

    @Test
    void socketInUseByAnotherServiceIsAProblem() throws Exception {
        Path path = directory.resolve("socket");
        try (ServerSocketChannel listening = listening(path)) {
            // The tests run as another program than the service.
            assertThat(check("-s", path.toString())).isFalse();
            assertThat(report).contains("problem: " + path + " is in use by another program");
            assertThat(listening.configureBlocking(false)).isNotNull();
            assertThat(listening.accept())
                    .as("a connection, which would have systemd start a service")
                    .isNull();
        }
        assertThat(check("-s", path.toString())).as("a socket left behind").isTrue();
    }

    private static ServerSocketChannel listening(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    @Test
    void missingLogDirectoryIsAProblem() throws Exception {
        Path missing = directory.resolve("no/such");

        assertThat(check("--auth-log", missing.resolve("log").toString())).isFalse();
        assertThat(report).contains("problem: the log directory " + missing + " does not exist");

        String[] background = {"-P", directory.resolve("pid").toString(), "-L", missing.toString()};
        assertThat(check(background)).isTrue();
        String[] withD = {"-D", "-P", directory.resolve("pid").toString(), "-L", missing.toString()};
        assertThat(check(withD)).isFalse();
        assertThat(report).contains("problem: the log directory " + missing + " does not exist");
    }

    @Test
    void logThatIsALinkIsAProblem() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("target"));

        assertThat(check("--auth-log", link.toString())).isFalse();
        assertThat(report)
                .contains("problem: cannot write to " + link + ": it is a symbolic link and not a regular file");
    }

    @Test
    void pidFileInAnotherUsersDirectoryIsAWarning() throws Exception {
        Requirements.root();
        Path strangers = Files.createDirectory(directory.resolve("strangers"));
        String[] args = {
            "-D", "-L", directory.toString(), "-P", strangers.resolve("pid").toString()
        };
        assertThat(check(args)).isTrue();
        assertThat(report).doesNotContain("PID file's directory");

        Files.setAttribute(strangers, "unix:uid", 4_000_000);
        assertThat(check(args)).isTrue();
        assertThat(report).contains("warning: the PID file's directory " + strangers + " does not belong to root");
    }

    @Test
    void deviceIsAProblemWithoutAdviceToRemoveIt() throws Exception {
        for (String option : List.of("--metrics-file", "--auth-log", "-s", "-P")) {
            for (String path : List.of("/dev/null", "/dev/stdout")) {
                assertThat(check("-D", "-L", directory.toString(), "-P", directory + "/pid", option, path))
                        .as("%s %s", option, path)
                        .isFalse();
                assertThat(report).contains("problem: ", path).doesNotContainIgnoringCase("remove");
            }
        }
    }
}
