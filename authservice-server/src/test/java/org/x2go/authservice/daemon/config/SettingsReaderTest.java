package org.x2go.authservice.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.daemon.logging.LogTarget;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.testsupport.SpecialFiles;

class SettingsReaderTest {
    private static final ProcessUser ROOT = new ProcessUser("root", true);
    private static final ProcessUser BROKER = new ProcessUser("x2gobroker", false);
    private static final ProcessUser JANE = new ProcessUser("jane", false);
    private static final String SOCKET = "X2GOBROKER_AUTHSERVICE_SOCKET";
    private static final String LOG_CONFIG = "X2GOBROKER_AUTHSERVICE_LOGCONFIG";

    @TempDir
    Path directory;

    private Path defaultsConf;
    private Path logConfig;

    @BeforeEach
    void names() {
        defaultsConf = directory.resolve("defaults.conf");
        logConfig = directory.resolve("logger.conf");
    }

    private Settings read(ProcessUser user, Map<String, String> environment, String... args)
            throws UsageException, IOException {
        SettingSources sources = SettingSources.open(environment, defaultsConf);
        CommandLineParser parser = new CommandLineParser(sources);
        return new SettingsReader(sources, logConfig, user).read(parser, parser.parse(args));
    }

    private Settings read(Map<String, String> environment, String... args) throws UsageException, IOException {
        return read(ROOT, environment, args);
    }

    @Test
    void defaultsAreThoseOfThePythonService() throws Exception {
        Settings settings = read(Map.of());

        assertThat(settings.socket().path()).hasToString("/run/x2gobroker/x2gobroker-authservice.socket");
        assertThat(settings.socket().owner()).isEqualTo(new Settings.Account("root", 0));
        assertThat(settings.socket().group()).isEqualTo(new Settings.Account("root", 0));
        assertThat(settings.socket().mode().bits()).isEqualTo(0660);
        assertThat(settings.services().allowed()).containsExactly("x2gobroker");
        assertThat(settings.pam().confdir()).isEmpty();
        assertThat(settings.serverConfig().limit(Limit.WORKERS)).isEqualTo(Limit.WORKERS.defaultValue());
        assertThat(settings.serverConfig().limit(Limit.MAX_REQUEST_BYTES)).isEqualTo(4096);
        assertThat(settings.log().debug()).isFalse();
        assertThat(settings.log().target())
                .isEqualTo(new LogTarget.File(Path.of("/var/log/x2gobroker/authservice.log")));
        assertThat(settings.background()).isEmpty();
        assertThat(read(Map.of(), "-D").background())
                .contains(new Settings.Background(
                        Path.of("/run/x2gobroker/x2gobroker-authservice.pid"), Path.of("/var/log/x2gobroker")));
        assertThat(settings.findings().warnings()).isEmpty();
    }

    @Test
    void everyLimitCanBeSet() throws Exception {
        AuthServerConfig config = read(
                        Map.of(),
                        "--workers=3",
                        "--max-attempts-per-user=4",
                        "--max-fail-delay=5",
                        "--request-timeout=6",
                        "--max-queued-requests=7",
                        "--max-connections=8",
                        "--max-request-bytes=90",
                        "--max-unread-bytes=1048577",
                        "--send-timeout=11",
                        "--idle-timeout=12",
                        "--shutdown-timeout=13")
                .serverConfig();
        assertThat(config.limit(Limit.WORKERS)).isEqualTo(3);
        assertThat(config.limit(Limit.MAX_ATTEMPTS_PER_USER)).isEqualTo(4);
        assertThat(config.time(Limit.MAX_FAIL_DELAY)).hasSeconds(5);
        assertThat(config.time(Limit.REQUEST_TIMEOUT)).hasSeconds(6);
        assertThat(config.limit(Limit.MAX_QUEUED_REQUESTS)).isEqualTo(7);
        assertThat(config.limit(Limit.MAX_CONNECTIONS)).isEqualTo(8);
        assertThat(config.limit(Limit.MAX_REQUEST_BYTES)).isEqualTo(90);
        assertThat(config.limit(Limit.MAX_UNREAD_BYTES)).isEqualTo(1_048_577);
        assertThat(config.time(Limit.SEND_TIMEOUT)).hasSeconds(11);
        assertThat(config.time(Limit.IDLE_TIMEOUT)).hasSeconds(12);
        assertThat(config.time(Limit.SHUTDOWN_TIMEOUT)).hasSeconds(13);
    }

    @Test
    void commandLinePrecedesEnvironmentPrecedesFile() throws Exception {
        Files.writeString(defaultsConf, "[common]\n" + SOCKET + "=/common\n");
        assertThat(read(Map.of()).socket().path()).hasToString("/common");

        Files.writeString(defaultsConf, "[common]\n" + SOCKET + "=/common\n[authservice]\n" + SOCKET + "=/own\n");
        assertThat(read(Map.of()).socket().path()).hasToString("/own");

        Map<String, String> environment = Map.of(SOCKET, "/environment");
        assertThat(read(environment).socket().path()).hasToString("/environment");

        assertThat(read(environment, "-s", "/option").socket().path()).hasToString("/option");
    }

    @Test
    void servicesOfTheCommandLineReplaceTheEnvironments() throws Exception {
        Map<String, String> environment = Map.of("X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES", " site  x2gobroker ");

        assertThat(read(environment).services().allowed()).containsExactlyInAnyOrder("site", "x2gobroker");
        assertThat(read(environment, "--allow-service", "one").services().allowed())
                .containsExactly("one");
        assertThatThrownBy(() -> read(Map.of("X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES", "site,x2gobroker")))
                .hasMessageContaining("'site,x2gobroker' cannot be allowed");
    }

    @Test
    void logFileOfTheEnvironmentIsUsedByAnyUser() throws Exception {
        Map<String, String> environment = Map.of("X2GOBROKER_AUTHSERVICE_AUTH_LOG", "/log/own");

        assertThat(read(JANE, environment).log().target()).isEqualTo(new LogTarget.File(Path.of("/log/own")));
        assertThat(read(environment).log().target()).isEqualTo(new LogTarget.File(Path.of("/log/own")));
        assertThat(read(environment, "--auth-log", "/log/option").log().target())
                .isEqualTo(new LogTarget.File(Path.of("/log/option")));
        assertThat(read(environment, "-i").log().target()).isEqualTo(new LogTarget.Stderr());

        Files.writeString(logConfig, "<Configuration/>");
        assertThat(read(JANE, environment).log().target()).isEqualTo(new LogTarget.File(Path.of("/log/own")));
        assertThat(read(Map.of()).log().target()).isEqualTo(new LogTarget.Configured(logConfig));
    }

    @Test
    void emptyPathMeansNone() throws Exception {
        assertThat(read(Map.of(SOCKET, "", LOG_CONFIG, "")).socket().path()).hasToString(SettingsReader.SOCKET);
    }

    @Test
    void valueOfTwoLinesIsRefused() throws Exception {
        Files.writeString(defaultsConf, "[common]\n" + SOCKET + "=/a\n  /b\n");

        assertThatThrownBy(() -> read(Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith(defaultsConf + ", " + SOCKET + ": the path contains a line break");
    }

    @ParameterizedTest
    @CsvSource({"1,true", "on,true", "On,true", "TRUE,true", "yes,true", "0,false", "no,false", "y,false", "'',false"})
    void debugIsReadAsThePythonServiceReadsIt(String word, boolean debug) throws Exception {
        assertThat(read(Map.of("X2GOBROKER_DEBUG", word)).log().debug()).isEqualTo(debug);

        Files.writeString(defaultsConf, "[authservice]\nX2GOBROKER_DEBUG=" + word + "\n");
        assertThat(read(Map.of()).log().debug()).isEqualTo(debug);
    }

    @Test
    void debugCanBeTurnedOffInTheEnvironment() throws Exception {
        Files.writeString(defaultsConf, "[common]\nX2GOBROKER_DEBUG=1\n");

        assertThat(read(Map.of("X2GOBROKER_DEBUG", "0")).log().debug()).isFalse();
        assertThat(read(Map.of("X2GOBROKER_DEBUG", "0"), "-d").log().debug()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0o660,0660", "0660,0660", "660,0660", "0O600,0600", "0,0", "777,0777", "0000600,0600"})
    void modeIsOctal(String text, String mode) throws Exception {
        Settings settings = read(Map.of(), "-p", text);

        assertThat(settings.socket().mode().bits()).isEqualTo(Integer.parseInt(mode, 8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0o", "rw", "680", "0x1ff", "1777", "99999999999999999999", "u+w", "-1", "6 6", "٦٦٠"})
    void invalidModeIsRefused(String text) {
        assertThatThrownBy(() -> read(Map.of(), "--permissions=" + text))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--permissions");
    }

    @ParameterizedTest
    @CsvSource({
        "--workers=0, --workers must be 1 to 1024",
        "--workers=1025, --workers must be 1 to 1024",
        "--max-request-bytes=1, --max-request-bytes must be 64 bytes",
        "--allow-service=other, 'other' cannot be allowed",
        "--allow-service=../su, cannot be allowed",
        "--socket-file=, Invalid value for option '--socket-file': the path is empty",
        "--worker-max-rss=63, --worker-max-rss must be 64 to 65536",
        "--isolation=none, expected one of [THREAD, PROCESS] (case-insensitive) but was 'none'"
    })
    void valueOutOfRangeIsRefused(String option, String message) {
        assertThatThrownBy(() -> read(Map.of(), option))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }

    @Test
    void valueOutOfRangeIsReportedWithItsSource() {
        assertThatThrownBy(() -> read(Map.of("X2GOBROKER_AUTHSERVICE_WORKERS", "0")))
                .hasMessage("environment, X2GOBROKER_AUTHSERVICE_WORKERS: --workers must be 1 to 1024, not 0");
        assertThatThrownBy(() -> read(Map.of("X2GOBROKER_AUTHSERVICE_PERMISSIONS", "999")))
                .hasMessage("environment, X2GOBROKER_AUTHSERVICE_PERMISSIONS: '999' is not an octal mode such as 0660");
    }

    @Test
    void relativePathBecomesAbsolute() throws Exception {
        Settings settings =
                read(Map.of(), "-s", "s", "-D", "-P", "p", "-L", "l", "--pam-confdir", "c", "--auth-log", "a");

        assertThat(settings.socket().path()).isEqualTo(Path.of("s").toAbsolutePath());
        assertThat(settings.background().orElseThrow().pidFile()).isAbsolute();
        assertThat(settings.background().orElseThrow().logDir()).isAbsolute();
        assertThat(settings.pam().confdir()).contains(Path.of("c").toAbsolutePath());
        assertThat(settings.log().target())
                .isEqualTo(new LogTarget.File(Path.of("a").toAbsolutePath()));
    }

    @Test
    void socketBelongsToItsUserUnlessThatIsRoot() throws Exception {
        assertThat(read(JANE, Map.of()).socket().owner()).isEqualTo(new Settings.Account("jane", -1));
        assertThat(read(JANE, Map.of()).socket().group().id()).isEqualTo(-1);
        assertThat(read(JANE, Map.of(), "-g", "staff").socket().group().name()).isEqualTo("staff");
    }

    @Test
    void otherUsersLogToStderr() throws Exception {
        LogTarget file = new LogTarget.File(Path.of(SettingsReader.AUTH_LOG));

        assertThat(read(JANE, Map.of()).log().target()).isEqualTo(new LogTarget.Stderr());
        assertThat(read(BROKER, Map.of()).log().target()).isEqualTo(file);
        assertThat(read(JANE, Map.of("X2GOBROKER_DAEMON_USER", "jane")).log().target())
                .isEqualTo(file);
        assertThat(read(BROKER, Map.of("X2GOBROKER_DAEMON_USER", "jane")).log().target())
                .isEqualTo(new LogTarget.Stderr());
        assertThat(read(JANE, Map.of(), "--auth-log=/tmp/a").log().target())
                .isEqualTo(new LogTarget.File(Path.of("/tmp/a")));
    }

    @Test
    void journalIsUsedUnlessAFileIsConfigured() throws Exception {
        Map<String, Object> stderr = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
        Map<String, String> environment = new HashMap<>();
        environment.put("JOURNAL_STREAM", stderr.get("dev") + ":" + stderr.get("ino"));

        assertThat(read(environment).log().target()).isEqualTo(new LogTarget.Journal());
        assertThat(read(JANE, environment).log().target()).isEqualTo(new LogTarget.Journal());
        assertThat(read(environment, "--auth-log", "/log/option").log().target())
                .isEqualTo(new LogTarget.File(Path.of("/log/option")));
        assertThat(read(environment, "--daemonize").log().target())
                .isEqualTo(new LogTarget.File(Path.of(SettingsReader.AUTH_LOG)));
        environment.put("X2GOBROKER_AUTHSERVICE_AUTH_LOG", "/log/own");
        assertThat(read(environment).log().target()).isEqualTo(new LogTarget.File(Path.of("/log/own")));
    }

    @Test
    void logFileMayBeStderrWithoutDebugMessages() throws Exception {
        Settings settings = read(Map.of(), "--auth-log", "/dev/stderr");

        assertThat(settings.log()).isEqualTo(new Settings.Log(new LogTarget.Stderr(), false));
    }

    @Test
    void interactiveDebugAlwaysLogsToStderr() throws Exception {
        Settings settings = read(Map.of(LOG_CONFIG, "/nowhere"), "-i", "--auth-log=/tmp/a");

        assertThat(settings.log().debug()).isTrue();
        assertThat(settings.log().target()).isEqualTo(new LogTarget.Stderr());
    }

    @Test
    void log4jFileIsTheNamedOrTheUsualOne() throws Exception {
        Path named = Files.writeString(directory.resolve("named.xml"), "<Configuration/>");
        assertThat(read(Map.of(LOG_CONFIG, named.toString())).log().target())
                .isEqualTo(new LogTarget.Configured(named));
        assertThat(read(JANE, Map.of(LOG_CONFIG, named.toString())).log().target())
                .isEqualTo(new LogTarget.Configured(named));

        Files.writeString(logConfig, "<Configuration/>");
        assertThat(read(Map.of()).log().target()).isEqualTo(new LogTarget.Configured(logConfig));
    }

    @Test
    void pythonLogConfigurationIsIgnored() throws Exception {
        Files.writeString(logConfig, "# comment\n[loggers]\nkeys=root\n");

        Settings settings = read(Map.of());

        assertThat(settings.log().target()).isEqualTo(new LogTarget.File(Path.of(SettingsReader.AUTH_LOG)));
        assertThat(settings.findings().warnings()).singleElement().asString().startsWith(logConfig.toString());
    }

    @Test
    void settingsFileThatIsAPipeIsNotOpened() throws Exception {
        Path pipe = SpecialFiles.pipe(directory.resolve("pipe"));

        assertThatThrownBy(() -> read(Map.of(LOG_CONFIG, pipe.toString())))
                .hasMessage("cannot read the log configuration " + pipe + ": it is not a regular file");
        assertThat(SettingSources.open(Map.of(), pipe).warnings())
                .containsExactly(pipe + " is ignored: it is not a regular file");
    }

    @Test
    void missingNamedLog4jFileIsRefused() {
        assertThatThrownBy(() -> read(Map.of(LOG_CONFIG, "/nowhere/log4j2.xml")))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot read the log configuration /nowhere/log4j2.xml: there is no such file or directory");
    }
}
