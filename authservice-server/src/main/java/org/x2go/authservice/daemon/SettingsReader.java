package org.x2go.authservice.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.daemon.logging.JournalStream;
import org.x2go.authservice.daemon.logging.LogConfigurationFile;
import org.x2go.authservice.daemon.logging.LogTarget;

/** Finds out what each setting is: from the command line, the environment, the file that is shared with the broker. */
final class SettingsReader {
    static final Path DEFAULTS_CONF = Path.of("/etc/x2go/broker/defaults.conf");
    static final Path LOG_CONFIG = Path.of("/etc/x2go/broker/x2gobroker-authservice-logger.conf");
    static final String SOCKET = "/run/x2gobroker/x2gobroker-authservice.socket";
    static final String PID_FILE = "/run/x2gobroker/x2gobroker-authservice.pid";
    static final String LOG_DIR = "/var/log/x2gobroker";
    static final String AUTH_LOG = LOG_DIR + "/authservice.log";

    private static final String LOG_CONFIG_KEY = "X2GOBROKER_AUTHSERVICE_LOGCONFIG";
    private static final String ALLOW_SERVICES_KEY = "X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES";
    private static final String AUTH_LOG_KEY = "X2GOBROKER_AUTHSERVICE_AUTH_LOG";
    private static final Set<String> TRUE = Set.of("1", "on", "true", "yes");
    private static final int DEFAULT_MODE = 0660;
    private static final int ALL_PERMISSIONS = 0777;
    private static final int LONGEST_INTERVAL = 3600;

    private final Map<String, String> environment;
    private final Path defaultsConf;
    private final Path defaultLogConfig;
    private final ProcessUser user;
    private final List<String> notes = new ArrayList<>();

    private @Nullable IniFile defaults;

    /**
     * @param environment the environment variables
     * @param defaultsConf the file that is shared with the broker; it may be missing
     * @param defaultLogConfig the log configuration that is used if it is there and none is named
     * @param user who runs the service
     */
    SettingsReader(Map<String, String> environment, Path defaultsConf, Path defaultLogConfig, ProcessUser user) {
        this.environment = environment;
        this.defaultsConf = defaultsConf;
        this.defaultLogConfig = defaultLogConfig;
        this.user = user;
    }

    /**
     * The settings that hold with these options.
     *
     * @throws UsageException if an option's value is wrong
     * @throws IOException if a file that settings come from is wrong
     */
    Settings read(Options options) throws UsageException, IOException {
        readDefaultsConf();
        Optional<String> rootOnly = user.root() ? Optional.of("root") : Optional.empty();
        try {
            Settings settings = new Settings(
                    socketFile(options),
                    Optional.ofNullable(options.owner()).or(() -> rootOnly),
                    Optional.ofNullable(options.group()).or(() -> rootOnly),
                    mode(options.permissions()),
                    services(options),
                    path(options.pamConfdir(), "--pam-confdir"),
                    isolation(options),
                    options.allowUids(),
                    options.allowGids(),
                    options.limits(),
                    options.debug() || options.debugInteractively() || debugIsSet(),
                    logTarget(options),
                    new Settings.Background(
                            path(options.pidFile(), "--pidfile").orElse(Path.of(PID_FILE)),
                            path(options.logDir(), "--logdir").orElse(Path.of(LOG_DIR))),
                    metrics(options),
                    List.copyOf(notes));
            // It checks what the server will check, but while there still is somebody to be told how to do better.
            var unused = settings.serverConfig();
            return settings;
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Settings.Metrics> metrics(Options options) throws UsageException {
        Integer seconds = options.metricsInterval();
        if (seconds != null && (seconds < 1 || seconds > LONGEST_INTERVAL)) {
            throw new UsageException(
                    "--metrics-interval: must be 1 s to " + LONGEST_INTERVAL + " s, not " + seconds + " s");
        }
        Duration interval = seconds == null ? Settings.Metrics.DEFAULT_INTERVAL : Duration.ofSeconds(seconds);
        return path(options.metricsFile(), "--metrics-file").map(file -> new Settings.Metrics(file, interval));
    }

    private void readDefaultsConf() throws IOException {
        if (!Files.isRegularFile(defaultsConf)) {
            return;
        }
        if (!Files.isReadable(defaultsConf)) {
            notes.add(defaultsConf + " is ignored: " + user.name() + " may not read it");
            return;
        }
        defaults = IniFile.read(defaultsConf);
    }

    private ServicePolicy services(Options options) throws IOException {
        if (!options.allowServices().isEmpty()) {
            return ServicePolicy.allowing(options.allowServices());
        }
        String names = named(ALLOW_SERVICES_KEY).orElse(ServicePolicy.DEFAULT_SERVICE);
        return ServicePolicy.allowing(List.of(names.strip().split("\\s+")));
    }

    private LogTarget logTarget(Options options) throws UsageException, IOException {
        Optional<Path> authLog = path(options.authLog(), "--auth-log");
        if (options.debugInteractively()) {
            return new LogTarget.Stderr();
        }
        if (authLog.isPresent()) {
            return new LogTarget.File(authLog.get());
        }
        LogTarget target = named(AUTH_LOG_KEY)
                .<LogTarget>map(file -> new LogTarget.File(absolute(file)))
                .orElse(defaultLogTarget(options));
        if (target instanceof LogTarget.Stderr && !environment.containsKey(LOG_CONFIG_KEY)) {
            return target;
        }
        Optional<Path> named = named(LOG_CONFIG_KEY).map(SettingsReader::absolute);
        if (named.isPresent() || Files.exists(defaultLogConfig)) {
            Path configuration = named.orElse(defaultLogConfig);
            if (!isPython(configuration)) {
                return new LogTarget.Configured(configuration);
            }
            notes.add(configuration + " configures the log of a Python program: it is ignored, the log goes to "
                    + target.text());
        }
        return target;
    }

    /** The target if none is set. A process in the background leaves its stderr, whatever that is. */
    private LogTarget defaultLogTarget(Options options) throws IOException {
        if (!options.daemonize() && JournalStream.isStderr(environment)) {
            return new LogTarget.Journal();
        }
        boolean service = user.root()
                || user.name().equals(named("X2GOBROKER_DAEMON_USER").orElse("x2gobroker"));
        return service ? new LogTarget.File(Path.of(AUTH_LOG)) : new LogTarget.Stderr();
    }

    private static boolean isPython(Path logConfiguration) throws IOException {
        try {
            return LogConfigurationFile.isPython(logConfiguration);
        } catch (IOException e) {
            throw new IOException("cannot read the log configuration " + logConfiguration + ": " + Failures.text(e), e);
        }
    }

    private Isolation isolation(Options options) throws UsageException, IOException {
        String mode = options.isolation() != null
                ? options.isolation()
                : named("X2GOBROKER_AUTHSERVICE_ISOLATION").orElse(Isolation.defaultMode());
        Integer requests = options.workerRequests();
        Integer megabytes = options.workerMaxRss();
        return new Isolation(
                Isolation.Mode.of(mode),
                path(options.workerSocket(), "--worker-socket"),
                requests == null ? Isolation.DEFAULT_REQUESTS : requests,
                megabytes == null ? Isolation.DEFAULT_MEGABYTES : megabytes);
    }

    private Path socketFile(Options options) throws UsageException, IOException {
        Optional<Path> given = path(options.socketFile(), "--socket-file");
        return given.isPresent()
                ? given.get()
                : absolute(named("X2GOBROKER_AUTHSERVICE_SOCKET").orElse(SOCKET));
    }

    private boolean debugIsSet() {
        return TRUE.contains(value("X2GOBROKER_DEBUG").orElse("").toLowerCase(Locale.ROOT));
    }

    /** What is set under this name; empty text counts as nothing. */
    private Optional<String> named(String name) throws IOException {
        Optional<String> text = value(name);
        if (text.isPresent() && text.get().indexOf('\n') >= 0) {
            throw new IOException("The value of " + name + " goes on in a second line; in " + defaultsConf
                    + " a line that is indented belongs to the one before");
        }
        return text.filter(value -> !value.isEmpty());
    }

    private Optional<String> value(String name) {
        String fromEnvironment = environment.get(name);
        if (fromEnvironment != null) {
            return Optional.of(fromEnvironment);
        }
        return defaults == null ? Optional.empty() : defaults.get(name, "authservice", "common");
    }

    private static Optional<Path> path(@Nullable String text, String option) throws UsageException {
        if (text == null) {
            return Optional.empty();
        }
        if (text.isEmpty()) {
            throw new UsageException("The value of " + option + " is empty");
        }
        return Optional.of(absolute(text));
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath();
    }

    private static int mode(@Nullable String text) throws UsageException {
        if (text == null) {
            return DEFAULT_MODE;
        }
        String digits = text.startsWith("0o") || text.startsWith("0O") ? text.substring(2) : text;
        int mode = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            mode = digit < 0 || digit > 7 || mode > ALL_PERMISSIONS ? -1 : 8 * mode + digit;
            if (mode < 0) {
                break;
            }
        }
        if (digits.isEmpty() || mode < 0 || mode > ALL_PERMISSIONS) {
            throw new UsageException("'" + text + "' is no mode for --permissions: write it in octal, as 0660");
        }
        return mode;
    }
}
