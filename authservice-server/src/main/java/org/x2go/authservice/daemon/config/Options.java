package org.x2go.authservice.daemon.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.daemon.process.BackgroundProcess;
import org.x2go.authservice.daemon.process.BackgroundStart;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.worker.process.WorkerLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/**
 * The options of the program, each with its names and help text in one place. {@code descriptionKey} is the setting's
 * name if that is not {@code X2GOBROKER_AUTHSERVICE_} and the option in capitals. {@link CommandLineParser} fills them
 * in from all sources. The options of limits are generated from {@link Limit}.
 */
@Command(
        name = Options.PROGRAM,
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = Options.PROGRAM + " [OPTIONS]",
        description =
                "%nChecks user names and passwords with PAM, for programs that must not be root: they ask over a Unix"
                        + " domain socket. Every user who may write to the socket may ask.",
        footer = {
            "%nEach option with a value is a setting, which comes from the first of these that has it: the command line, the"
                    + " environment, " + SettingsReader.DEFAULTS_CONF_PATH
                    + " ([authservice], then [common]), and its default."
                    + " In the environment and the file its name is X2GOBROKER_AUTHSERVICE_ and the option in capitals"
                    + " (--max-fail-delay: X2GOBROKER_AUTHSERVICE_MAX_FAIL_DELAY). Exceptions:"
                    + " X2GOBROKER_AUTHSERVICE_SOCKET, X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES, X2GOBROKER_DEBUG.",
            "",
            "Exit status: 0 after SIGTERM or SIGINT (or, with -D, when the service answers), 1 if it cannot start, 2 if the"
                    + " command line is wrong."
        })
final class Options {
    static final String PROGRAM = "x2gobroker-authservice";

    static final class Socket {
        @Option(
                descriptionKey = "X2GOBROKER_AUTHSERVICE_SOCKET",
                names = {"-s", "--socket-file", "--socket"},
                paramLabel = "FILE",
                description = {"The socket's path, at most 107 bytes. Default:", "${DEFAULT-VALUE}"})
        Path file = Path.of(SettingsReader.SOCKET);

        @Option(
                names = {"-o", "--owner"},
                paramLabel = "USER",
                description = "The socket's owner. Default: root, or the user who starts the service")
        @Nullable
        String owner;

        @Option(
                names = {"-g", "--group"},
                paramLabel = "GROUP",
                description = "The socket's group. Default: root, or the group of the user who starts the service")
        @Nullable
        String group;

        @Option(
                names = {"-p", "--permissions"},
                paramLabel = "MODE",
                converter = FileMode.Converter.class,
                description = "The socket's permissions, octal: 660, 0660 or 0o660. Default: ${DEFAULT-VALUE}")
        FileMode permissions = new FileMode(0660);

        @Option(
                names = "--allow-uid",
                paramLabel = "USER",
                description =
                        "A user, by name or number, who may use the service; can be repeated. If --allow-uid or --allow-gid is given,"
                                + " only these users and groups may ask")
        List<String> allowUids = List.of();

        @Option(
                names = "--allow-gid",
                paramLabel = "GROUP",
                description = "A group, by name or number, whose members may use the service; can be repeated")
        List<String> allowGids = List.of();
    }

    static final class Pam {
        @Option(
                descriptionKey = "X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES",
                names = "--allow-service",
                paramLabel = "NAME",
                description = "A PAM service that clients may use; can be repeated. It replaces the default."
                        + " Default: x2gobroker")
        List<String> allowServices = List.of(ServicePolicy.DEFAULT_SERVICE);

        @Option(
                names = "--pam-confdir",
                paramLabel = "DIR",
                description = "The directory of the PAM service files. Default: /etc/pam.d, then /usr/lib/pam.d")
        @Nullable
        Path confdir;

        @Option(
                names = "--isolation",
                paramLabel = "HOW",
                description =
                        "Where PAM runs: \"process\" for worker processes, so that a module that crashes or hangs costs one"
                                + " login; \"thread\" for the process of the service. Default: process if the program is"
                                + " installed, thread with java -jar")
        Isolation.Mode isolation = Isolation.Mode.installed();

        @Option(
                names = "--worker-socket",
                paramLabel = "FILE",
                description =
                        "With --isolation process: do not start worker processes, but connect to this socket, where"
                                + " systemd starts one for each connection")
        @Nullable
        Path workerSocket;

        @Option(
                names = "--worker-max-requests",
                paramLabel = "N",
                description =
                        "How many requests a worker process serves before it is replaced. Default: ${DEFAULT-VALUE}")
        int workerMaxRequests = WorkerLimits.DEFAULT_REQUESTS;

        @Option(
                names = "--worker-max-rss",
                paramLabel = "MEGABYTES",
                description = "How much memory a worker process may use before it is replaced. Range: 64 to 65536."
                        + " Default: ${DEFAULT-VALUE}")
        int workerMaxRss = WorkerLimits.DEFAULT_MEGABYTES;
    }

    static final class Log {
        @Option(
                descriptionKey = "X2GOBROKER_DEBUG",
                names = {"-d", "--debug"},
                description = "Log more, with stack traces of failures")
        boolean debug;

        @Option(
                names = {"-i", "--debug-interactively"},
                description = "Like -d, but log to stderr")
        boolean interactive;

        @Option(
                names = "--auth-log",
                paramLabel = "FILE",
                description = {
                    "The log file, or /dev/stderr. If the file is renamed or removed, a new one is created. Default: under"
                            + " systemd, the journal; for ordinary users other than X2GOBROKER_DAEMON_USER, stderr; otherwise",
                    SettingsReader.AUTH_LOG
                })
        @Nullable
        Path file;

        @Option(
                names = "--logconfig",
                paramLabel = "FILE",
                description = "A log4j2 configuration (XML or properties) that replaces the built-in one."
                        + " Default: " + SettingsReader.LOG_CONFIG_NAME + " in " + SettingsReader.CONFIG_DIR
                        + ", if it exists, unless --auth-log is given or the log goes to stderr")
        @Nullable
        Path configuration;
    }

    static final class Background {
        @Option(
                names = {"-D", "--daemonize"},
                description = "Go to the background as soon as the service answers")
        boolean daemonize;

        @Option(
                names = {"-P", "--pidfile"},
                paramLabel = "FILE",
                description = {
                    "With -D, the file for the process ID. An existing file is replaced only if it is the PID file of a"
                            + " process that has ended. If root uses it to stop the service, its directory must be writable by root"
                            + " only. Default:",
                    "${DEFAULT-VALUE}"
                })
        Path pidFile = Path.of(SettingsReader.PID_FILE);

        @Option(
                names = {"-L", "--logdir"},
                paramLabel = "DIR",
                description = "With -D, the directory for stdout and stderr, which go to " + BackgroundProcess.STDOUT
                        + " and " + BackgroundProcess.STDERR + " there. Default: ${DEFAULT-VALUE}")
        Path logDir = Path.of(SettingsReader.LOG_DIR);

        /** Marks the process that stays in the background; used by {@link BackgroundStart} only. */
        @Option(names = BackgroundStart.OPTION, hidden = true)
        boolean child;
    }

    static final class Metrics {
        @Option(
                names = "--metrics-file",
                paramLabel = "FILE",
                description =
                        "Write metrics to this file in Prometheus's text format, for the textfile collector of node_exporter,"
                                + " which reads names that end in .prom. It is removed when the service stops. A file with other"
                                + " content is not replaced")
        @Nullable
        Path file;

        @Option(
                names = "--metrics-interval",
                paramLabel = "SECONDS",
                description = "How often the metrics are written. Range: 1 to 3600. Default: ${DEFAULT-VALUE}")
        int interval = 15;
    }

    static final class Other {
        @Option(
                names = "--check-config",
                description =
                        "Print every setting with its source, every problem and every warning, and exit: 0 if there is"
                                + " no problem, 1 otherwise")
        boolean checkConfig;

        @Option(names = "--version", description = "Print the version and exit")
        boolean version;

        @Option(
                names = {"-h", "--help"},
                description = "Print the options and exit")
        boolean help;
    }

    @Mixin(name = "Socket")
    final Socket socket = new Socket();

    @Mixin(name = "PAM")
    final Pam pam = new Pam();

    @Mixin(name = "Limits")
    final CommandSpec limits = CommandSpec.create();

    @Mixin(name = "Log")
    final Log log = new Log();

    @Mixin(name = "Background")
    final Background background = new Background();

    @Mixin(name = "Metrics")
    final Metrics metrics = new Metrics();

    @Mixin(name = "Other")
    final Other other = new Other();

    /** Every setting with its value and source, in the order of the help. */
    final List<String> origins = new ArrayList<>();

    Options() {
        for (Limit limit : Limit.values()) {
            limits.addOption(OptionSpec.builder("--" + limit.optionName())
                    .paramLabel(limit.unit() == Limit.Unit.SECONDS ? "SECONDS" : "N")
                    .type(Integer.class)
                    .converters(new WholeNumber(limit::check))
                    .initialValue(limit.defaultValue())
                    .description(limit.description() + ". Range: " + limit.least() + " to " + limit.most()
                            + ". Default: " + limit.defaultText())
                    .build());
        }
    }

    /** The value of every limit. */
    Map<Limit, Integer> limits() {
        Map<Limit, Integer> values = new EnumMap<>(Limit.class);
        for (Limit limit : Limit.values()) {
            values.put(limit, limits.findOption("--" + limit.optionName()).getValue());
        }
        return values;
    }
}
