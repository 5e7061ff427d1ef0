package org.x2go.authservice.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.daemon.logging.JournalStream;
import org.x2go.authservice.daemon.logging.LogConfigurationFile;
import org.x2go.authservice.daemon.logging.LogTarget;
import org.x2go.authservice.pam.DeniedModules;
import org.x2go.authservice.pam.PamConfiguration;
import org.x2go.authservice.posix.Accounts;
import org.x2go.authservice.posix.ErrorMessages;
import org.x2go.authservice.server.MemoryDemand;
import org.x2go.authservice.worker.process.WorkerLimits;

/** Makes {@link Settings} of {@link Options}: looks up names and chooses defaults. */
final class SettingsReader {
    static final String CONFIG_DIR = "/etc/x2go/broker";
    static final String DEFAULTS_CONF_PATH = CONFIG_DIR + "/defaults.conf";
    static final String LOG_CONFIG_NAME = "x2gobroker-authservice-logger.conf";
    static final String SOCKET = "/run/x2gobroker/x2gobroker-authservice.socket";
    static final String PID_FILE = "/run/x2gobroker/x2gobroker-authservice.pid";
    static final String LOG_DIR = "/var/log/x2gobroker";
    static final String AUTH_LOG = LOG_DIR + "/authservice.log";

    private static final Path STDERR = Path.of("/dev/stderr");

    /** The broker's setting for the user that runs its services. */
    static final String DAEMON_USER = "X2GOBROKER_DAEMON_USER";

    private static final int LONGEST_INTERVAL = 3600;

    private final SettingSources sources;
    private final Path defaultLogConfig;
    private final ProcessUser user;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /**
     * @param sources the sources besides the command line
     * @param defaultLogConfig the log configuration that is used if it exists and none is named
     * @param user the user that runs the service
     */
    SettingsReader(SettingSources sources, Path defaultLogConfig, ProcessUser user) {
        this.sources = sources;
        this.defaultLogConfig = defaultLogConfig;
        this.user = user;
    }

    /** The settings of this process. */
    static SettingsReader ofThisProcess(SettingSources sources, ProcessUser user) {
        return new SettingsReader(sources, Path.of(CONFIG_DIR, LOG_CONFIG_NAME), user);
    }

    /**
     * Reads the settings.
     *
     * @throws UsageException if a value is wrong
     * @throws IOException if a settings file is invalid
     */
    Settings read(CommandLineParser parser, Options options) throws UsageException, IOException {
        warnings.addAll(sources.warnings());
        try {
            Settings settings = new Settings(
                    new Settings.Socket(
                            options.socket.file,
                            account(options.socket.owner, Accounts::uidOf, "user", "--owner"),
                            account(options.socket.group, Accounts::gidOf, "group", "--group"),
                            options.socket.permissions),
                    new PeerPolicy(
                            numbers(options.socket.allowUids, Accounts::uidOf, "user", "--allow-uid"),
                            numbers(options.socket.allowGids, Accounts::gidOf, "group", "--allow-gid")),
                    new PamConfiguration(
                            ServicePolicy.allowing(options.pam.allowServices),
                            Optional.ofNullable(options.pam.confdir),
                            DeniedModules.of(sources.environment())),
                    new Isolation(
                            options.pam.isolation,
                            Optional.ofNullable(options.pam.workerSocket),
                            new WorkerLimits(options.pam.workerMaxRequests, options.pam.workerMaxRss)),
                    options.limits(),
                    new Settings.Log(logTarget(options), options.log.debug || options.log.interactive),
                    options.background.daemonize
                            ? Optional.of(
                                    new Settings.Background(options.background.pidFile, options.background.logDir))
                            : Optional.empty(),
                    metrics(options),
                    new Settings.Findings(
                            Collections.unmodifiableList(problems),
                            parser.mistakes(),
                            Collections.unmodifiableList(warnings)));
            FileClash.in(settings).ifPresent(problems::add);
            MemoryDemand.shortfall(settings.serverConfig()).ifPresent(warnings::add);
            return settings;
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Settings.Metrics> metrics(Options options) throws UsageException {
        int seconds = options.metrics.interval;
        if (seconds < 1 || seconds > LONGEST_INTERVAL) {
            throw new UsageException(
                    "--metrics-interval must be 1 s to " + LONGEST_INTERVAL + " s, not " + seconds + " s");
        }
        return Optional.ofNullable(options.metrics.file)
                .map(file -> new Settings.Metrics(file, Duration.ofSeconds(seconds)));
    }

    private LogTarget logTarget(Options options) throws IOException {
        if (options.log.interactive) {
            return new LogTarget.Stderr();
        }
        Path configuration = options.log.configuration;
        Path file = options.log.file;
        LogTarget target = file == null ? defaultLogTarget(options) : target(file);
        if (configuration == null
                && file == null
                && !(target instanceof LogTarget.Stderr)
                && Files.exists(defaultLogConfig)) {
            configuration = defaultLogConfig;
        }
        if (configuration == null) {
            return target;
        }
        if (!isPython(configuration)) {
            return new LogTarget.Configured(configuration);
        }
        warnings.add(
                configuration + " is ignored, since it configures Python's logging; the log goes to " + target.text());
        return target;
    }

    /** For a container, whose output is its log. */
    private static LogTarget target(Path file) {
        return file.equals(STDERR) ? new LogTarget.Stderr() : new LogTarget.File(file);
    }

    /** The default target. A process in the background cannot use its stderr. */
    private LogTarget defaultLogTarget(Options options) throws IOException {
        if (!options.background.daemonize && JournalStream.isStderr(sources.environment())) {
            return new LogTarget.Journal();
        }
        boolean service = user.root() || user.name().equals(daemonUser());
        return service ? new LogTarget.File(Path.of(AUTH_LOG)) : new LogTarget.Stderr();
    }

    private static boolean isPython(Path logConfiguration) throws IOException {
        try {
            return LogConfigurationFile.isPython(logConfiguration);
        } catch (IOException e) {
            throw new IOException(
                    "cannot read the log configuration " + logConfiguration + ": " + ErrorMessages.text(e), e);
        }
    }

    private String daemonUser() {
        return sources.find(DAEMON_USER)
                .map(SettingSources.Found::text)
                .filter(name -> !name.isEmpty())
                .orElse("x2gobroker");
    }

    /** A lookup of a user or group by name. */
    private interface AccountsLookup {
        OptionalInt find(String name) throws IOException;
    }

    /** The default owner is root for root's service, and the process's user otherwise. */
    private Settings.Account account(@Nullable String name, AccountsLookup lookup, String kind, String option)
            throws IOException {
        String chosen = name == null && user.root() ? "root" : name;
        return chosen == null
                ? new Settings.Account(kind.equals("user") ? user.name() : "own group", -1)
                : new Settings.Account(chosen, number(chosen, lookup, kind, option));
    }

    private Set<Integer> numbers(List<String> names, AccountsLookup lookup, String kind, String option)
            throws IOException {
        Set<Integer> numbers = new HashSet<>();
        for (String name : names) {
            numbers.add(number(name, lookup, kind, option));
        }
        return numbers;
    }

    private int number(String name, AccountsLookup lookup, String kind, String option) throws IOException {
        OptionalInt found = lookup.find(name);
        if (found.isPresent()) {
            return found.getAsInt();
        }
        try {
            return Integer.parseUnsignedInt(name);
        } catch (NumberFormatException e) {
            problems.add("there is no " + kind + " '" + name + "': create it, or choose another with " + option);
            return -1;
        }
    }
}
