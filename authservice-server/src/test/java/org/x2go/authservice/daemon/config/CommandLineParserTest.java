package org.x2go.authservice.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.daemon.process.BackgroundStart;
import org.x2go.authservice.server.Limit;

class CommandLineParserTest {
    @TempDir
    Path directory;

    private static CommandLineParser parser() {
        return new CommandLineParser(SettingSources.none());
    }

    private Options parse(Map<String, String> environment, String file, String... args) throws Exception {
        Path path = Files.writeString(directory.resolve("defaults.conf"), file);
        return new CommandLineParser(SettingSources.open(environment, path)).parse(args);
    }

    private static Options parse(String... args) throws UsageException {
        return parser().parse(args);
    }

    @Test
    void commandLineOfThePythonUnitIsAccepted() throws UsageException {
        Options options = parse(
                "--socket-file=/run/s",
                "--daemonize",
                "-o",
                "root",
                "-g",
                "x2gobroker",
                "-p",
                "0660",
                "--pidfile=/run/p",
                "-L",
                "/var/log/l");

        assertThat(options.socket.file).hasToString("/run/s");
        assertThat(options.background.daemonize).isTrue();
        assertThat(options.socket.owner).isEqualTo("root");
        assertThat(options.socket.group).isEqualTo("x2gobroker");
        assertThat(options.socket.permissions).isEqualTo(new FileMode(0660));
        assertThat(options.background.pidFile).hasToString("/run/p");
        assertThat(options.background.logDir).hasToString("/var/log/l");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s X", "-sX", "--socket-file X", "--socket-file=X", "--socket X", "--sock=X", "-s Y -s X"})
    void socketOptionHasThreeNames(String args) throws UsageException {
        assertThat(parse(args.split(" ", -1)).socket.file)
                .isEqualTo(Path.of("X").toAbsolutePath());
    }

    /** The service before took every beginning of a name that only one option has. */
    @ParameterizedTest
    @ValueSource(strings = {"--daemon", "--daemonize", "-D", "-dD", "-iD"})
    void abbreviatedAndJoinedOptionsAreAccepted(String args) throws UsageException {
        assertThat(parse(args).background.daemonize).isTrue();
    }

    @Test
    void variablesAreNamedLikeTheirOptions() throws Exception {
        Map<String, String> environment = Map.of(
                "X2GOBROKER_AUTHSERVICE_OWNER", "me",
                "X2GOBROKER_AUTHSERVICE_MAX_FAIL_DELAY", "3",
                "X2GOBROKER_AUTHSERVICE_WORKER_MAX_RSS", "99",
                "X2GOBROKER_AUTHSERVICE_ALLOW_GID", " adm  staff ");

        Options options = parse(environment, "");

        assertThat(options.socket.owner).isEqualTo("me");
        assertThat(options.limits()).contains(Map.entry(Limit.MAX_FAIL_DELAY, 3));
        assertThat(options.pam.workerMaxRss).isEqualTo(99);
        assertThat(options.socket.allowGids).containsExactly("adm", "staff");
    }

    @Test
    void lastOfARepeatedOptionCounts() throws Exception {
        Options options = parse("-D", "-P", "/a", "-L", "/l", "-P", "/b", "--workers=1", "--workers=2", "-o", "x");

        assertThat(options.background.daemonize).isTrue();
        assertThat(options.background.pidFile).hasToString("/b");
        assertThat(options.background.logDir).hasToString("/l");
        assertThat(options.limits()).contains(Map.entry(Limit.WORKERS, 2));
    }

    @Test
    void nameMayHoldBlanks() throws Exception {
        assertThat(parse("--allow-gid", "domain users").socket.allowGids).containsExactly("domain users");
    }

    @Test
    void listOfTheCommandLineReplacesTheEnvironments() throws Exception {
        Options options = parse(Map.of("X2GOBROKER_AUTHSERVICE_ALLOW_UID", "a b"), "", "--allow-uid", "c");

        assertThat(options.socket.allowUids).containsExactly("c");
    }

    @Test
    void sourceOfEverySettingIsKnown() throws Exception {
        Options options = parse(
                Map.of("X2GOBROKER_AUTHSERVICE_WORKERS", "3"),
                "[common]\nX2GOBROKER_AUTHSERVICE_SOCKET=/s\n",
                "--group",
                "adm",
                "--send-timeout=4");

        assertThat(options.origins)
                .contains(
                        "workers = 3 (environment, X2GOBROKER_AUTHSERVICE_WORKERS)",
                        "socket-file = /s (" + directory.resolve("defaults.conf") + ", X2GOBROKER_AUTHSERVICE_SOCKET)",
                        "group = adm (command line)",
                        "send-timeout = 4 (command line)",
                        "request-timeout = 60 (default)",
                        "permissions = 0660 (default)",
                        "debug = false (default)")
                .noneMatch(line -> line.startsWith("help") || line.startsWith("daemonize"));
    }

    @Test
    void wrongValueIsReportedWithItsSource() {
        assertThatThrownBy(() -> parse(Map.of("X2GOBROKER_AUTHSERVICE_WORKERS", "many"), ""))
                .isInstanceOf(UsageException.class)
                .hasMessage("environment, X2GOBROKER_AUTHSERVICE_WORKERS: 'many' is not a whole number");
        assertThatThrownBy(() -> parse(Map.of(), "[common]\nX2GOBROKER_AUTHSERVICE_METRICS_INTERVAL=1.5\n"))
                .isInstanceOf(UsageException.class)
                .hasMessage(directory.resolve("defaults.conf")
                        + ", X2GOBROKER_AUTHSERVICE_METRICS_INTERVAL: '1.5' is not a whole number");
    }

    @Test
    void misspelledNamesAndValuesAreRefused() throws Exception {
        Path file = Files.writeString(
                directory.resolve("defaults.conf"),
                "[authservice]\nX2GOBROKER_AUTHSERVICE_WORKER=3\nSOCKET=/s\n[common]\nX2GOBROKER_WEBLOG=x\n");
        Map<String, String> environment =
                Map.of("X2GOBROKER_DEBUG", "maybe", "X2GOBROKER_AUTHSERVICE_OPTIONS", "-d", "HOME", "/");
        CommandLineParser parser = new CommandLineParser(SettingSources.open(environment, file));

        assertThat(parser.parse().log.debug).isFalse();
        assertThat(parser.mistakes())
                .containsExactly(
                        "environment, X2GOBROKER_DEBUG: 'maybe' is neither on nor off; off is used",
                        "unknown setting SOCKET: see --help for the names",
                        "unknown setting X2GOBROKER_AUTHSERVICE_WORKER: see --help for the names");
    }

    @Test
    void allowedUsersAndGroupsAreCollected() throws UsageException {
        Options options = parse("--allow-uid", "x2gobroker", "--allow-uid=0", "--allow-gid", "adm");
        assertThat(options.socket.allowUids).containsExactly("x2gobroker", "0");
        assertThat(options.socket.allowGids).containsExactly("adm");
    }

    @Test
    void everyLimitIsAnOptionAndInTheHelp() throws UsageException {
        for (Limit limit : Limit.values()) {
            assertThat(parse("--" + limit.optionName() + "=" + limit.most()).limits())
                    .contains(Map.entry(limit, limit.most()));
            assertThat(parser().help()).contains("--" + limit.optionName() + "=");
        }
    }

    @Test
    void servicesAreCollected() throws UsageException {
        assertThat(parse("--allow-service", "a", "--allow-service=b").pam.allowServices)
                .containsExactly("a", "b");
    }

    @Test
    void textIsTakenLiterally() throws UsageException {
        assertThat(parse("-s", "${sys:user.home}/@x \"y\"").socket.file)
                .isEqualTo(Path.of("${sys:user.home}/@x \"y\"").toAbsolutePath());
    }

    @ParameterizedTest
    @CsvSource({
        "--bogus, unknown option '--bogus'",
        "extra, unexpected argument 'extra'",
        "-s, Missing required parameter for option '--socket-file' (FILE)",
        "-s -D, Expected parameter for option '--socket-file' but found '-D'",
        "--workers=many, Invalid value for option '--workers': 'many' is not a whole number",
        "@file, unexpected argument '@file'"
    })
    void unknownOptionIsRefused(String args, String message) {
        assertThatThrownBy(() -> parse(args.split(" ", -1)))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @Test
    void helpNamesEveryOptionButTheInternalOne() {
        String help = parser().help();

        assertThat(help)
                .contains(
                        "-s, --socket, --socket-file=FILE",
                        "-o, --owner=USER",
                        "-g, --group=GROUP",
                        "-p, --permissions=MODE",
                        "--max-request-bytes=N",
                        "--allow-service=NAME",
                        "--pam-confdir=DIR",
                        "--workers=N",
                        "-d, --debug ",
                        "-i, --debug-interactively",
                        "--auth-log=FILE",
                        "-D, --daemonize",
                        "-P, --pidfile=FILE",
                        "-L, --logdir=DIR",
                        "--check-config",
                        "--version",
                        "-h, --help",
                        SettingsReader.SOCKET,
                        SettingsReader.AUTH_LOG,
                        SettingsReader.PID_FILE)
                .doesNotContain(BackgroundStart.OPTION);
        assertThat(help.lines()).allMatch(line -> line.length() <= 80);
    }
}
