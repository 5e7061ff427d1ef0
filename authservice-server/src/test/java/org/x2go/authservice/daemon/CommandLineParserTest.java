package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.server.Limit;

class CommandLineParserTest {
    private static Options parse(String... args) throws UsageException {
        return new CommandLineParser().parse(args);
    }

    @Test
    void takesTheCommandLineOfTheUnitOfTheServiceBefore() throws UsageException {
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

        assertThat(options.socketFile()).isEqualTo("/run/s");
        assertThat(options.daemonize()).isTrue();
        assertThat(options.owner()).isEqualTo("root");
        assertThat(options.group()).isEqualTo("x2gobroker");
        assertThat(options.permissions()).isEqualTo("0660");
        assertThat(options.pidFile()).isEqualTo("/run/p");
        assertThat(options.logDir()).isEqualTo("/var/log/l");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s X", "-sX", "--socket-file X", "--socket-file=X", "--socket X", "--sock=X", "-s Y -s X"})
    void knowsTheSocketByAllItsNames(String args) throws UsageException {
        assertThat(parse(args.split(" ", -1)).socketFile()).isEqualTo("X");
    }

    /** The service before took every beginning of a name that only one option has. */
    @ParameterizedTest
    @ValueSource(strings = {"--daemon", "--daemonize", "-D", "-dD", "-iD"})
    void takesShortenedAndJoinedOptions(String args) throws UsageException {
        assertThat(parse(args).daemonize()).isTrue();
    }

    @Test
    void hasNothingWhereNothingIsGiven() throws UsageException {
        assertThat(parse())
                .isEqualTo(new Options(
                        null, null, null, null, List.of(), null, null, null, null, null, List.of(), List.of(), Map.of(),
                        false, false, null, false, null, null, null, null, false, false, false, false));
    }

    @Test
    void collectsWhoMayAsk() throws UsageException {
        Options options = parse("--allow-uid", "x2gobroker", "--allow-uid=0", "--allow-gid", "adm");
        assertThat(options.allowUids()).containsExactly("x2gobroker", "0");
        assertThat(options.allowGids()).containsExactly("adm");
    }

    @Test
    void knowsEveryLimitAndTellsOfItInTheHelp() throws UsageException {
        for (Limit limit : Limit.values()) {
            assertThat(parse("--" + limit.optionName() + "=60").limits()).containsExactly(Map.entry(limit, 60));
            assertThat(new CommandLineParser().help()).contains("--" + limit.optionName() + "=");
        }
    }

    @Test
    void collectsServices() throws UsageException {
        assertThat(parse("--allow-service", "a", "--allow-service=b").allowServices())
                .containsExactly("a", "b");
    }

    @Test
    void takesTextAsItIs() throws UsageException {
        assertThat(parse("-s", "${sys:user.home}/@x \"y\"").socketFile()).isEqualTo("${sys:user.home}/@x \"y\"");
    }

    @ParameterizedTest
    @CsvSource({
        "--bogus, Unknown option: '--bogus'",
        "extra, Unmatched argument at index 0: 'extra'",
        "-s, Missing required parameter for option '--socket-file' (FILE)",
        "-s -D, Expected parameter for option '--socket-file' but found '-D'",
        "--workers=many, Invalid value for option '--workers': 'many' is not an int",
        "@file, Unmatched argument at index 0: '@file'"
    })
    void refusesWhatItDoesNotKnow(String args, String message) {
        assertThatThrownBy(() -> parse(args.split(" ", -1)))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @Test
    void helpNamesEveryOptionButTheInternalOne() {
        String help = new CommandLineParser().help();

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
                .doesNotContain(CommandLineParser.BACKGROUND_CHILD);
        assertThat(help.lines()).allMatch(line -> line.length() <= 80);
    }
}
