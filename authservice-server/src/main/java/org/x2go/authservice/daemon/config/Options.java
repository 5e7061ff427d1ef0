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
 * The options of the program, each in one place: its names, its text in help, and as {@code descriptionKey} the name of its
 * setting, where that is not {@code X2GOBROKER_AUTHSERVICE_} and the option in capitals. {@link CommandLineParser} fills
 * them in, from the command line or from where else a setting may come from. Those of the limits are made from
 * {@link Limit}.
 */
@Command(
        name = Options.PROGRAM,
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = Options.PROGRAM + " [OPTIONS]",
        description =
                "%nChecks user names and passwords with PAM, for programs that must not be root: they ask over a Unix"
                        + " domain socket. Whoever may write to the socket may ask.",
        footer = {
            "%nEach option but the flags is a setting: it is taken from the command line, else from the environment, where it"
                    + " is called X2GOBROKER_AUTHSERVICE_ and the option in capitals (--max-fail-delay:"
                    + " X2GOBROKER_AUTHSERVICE_MAX_FAIL_DELAY), else from " + SettingsReader.DEFAULTS_CONF_PATH
                    + " (the same names, in [authservice] or [common]), else it has the default. Named differently:"
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
                description = "The socket's owner. Default: root (whoever starts the service, if not root)")
        @Nullable
        String owner;

        @Option(
                names = {"-g", "--group"},
                paramLabel = "GROUP",
                description = "The socket's group. Default: root (that of whoever starts the service, if not root)")
        @Nullable
        String group;

        @Option(
                names = {"-p", "--permissions"},
                paramLabel = "MODE",
                converter = FileMode.Converter.class,
                description = "The socket's permissions, octal, as 660, 0660 or 0o660. Default: ${DEFAULT-VALUE}")
        FileMode permissions = new FileMode(0660);

        @Option(
                names = "--allow-uid",
                paramLabel = "USER",
                description =
                        "A user, by name or number, who may ask; may be given more than once. With it or --allow-gid,"
                                + " only the users and groups that are named may ask")
        List<String> allowUids = List.of();

        @Option(
                names = "--allow-gid",
                paramLabel = "GROUP",
                description = "A group, by name or number, whose members may ask; may be given more than once")
        List<String> allowGids = List.of();
    }

    static final class Pam {
        @Option(
                descriptionKey = "X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES",
                names = "--allow-service",
                paramLabel = "NAME",
                description =
                        "A PAM service that may be asked for; may be given more than once. Give every one: the default"
                                + " holds only if none is given. Default: x2gobroker")
        List<String> allowServices = List.of(ServicePolicy.DEFAULT_SERVICE);

        @Option(
                names = "--pam-confdir",
                paramLabel = "DIR",
                description = "The directory of the services' files. Default: /etc/pam.d, then /usr/lib/pam.d")
        @Nullable
        Path confdir;

        @Option(
                names = "--isolation",
                paramLabel = "HOW",
                description =
                        "Where PAM runs: \"process\" for processes of its own, of which a module that crashes or hangs"
                                + " costs one; \"thread\" for the process of the service. Default: process where the program is"
                                + " installed, thread for java -jar")
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
                description = "How much memory a worker process may take before it is replaced, 64 to 65536."
                        + " Default: ${DEFAULT-VALUE}")
        int workerMaxRss = WorkerLimits.DEFAULT_MEGABYTES;
    }

    static final class Log {
        @Option(
                descriptionKey = "X2GOBROKER_DEBUG",
                names = {"-d", "--debug"},
                description = "Log more, and show where a failure came from")
        boolean debug;

        @Option(
                names = {"-i", "--debug-interactively"},
                description = "Like -d, but log to stderr")
        boolean interactive;

        @Option(
                names = "--auth-log",
                paramLabel = "FILE",
                description = {
                    "The log file. It may be renamed or removed at any time, and is then made anew. Default: under systemd the"
                            + " journal; otherwise, for root and X2GOBROKER_DAEMON_USER, the file below; for others stderr",
                    SettingsReader.AUTH_LOG
                })
        @Nullable
        Path file;

        @Option(
                names = "--logconfig",
                paramLabel = "FILE",
                description = "A log4j2 configuration (XML or properties) to be used instead of the built-in one."
                        + " Default: " + SettingsReader.LOG_CONFIG_NAME + " in " + SettingsReader.CONFIG_DIR
                        + ", if it is there")
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
                    "With -D, the file that the process's number is written to. That of a service that runs, and whatever is"
                            + " no old PID file, is left alone. If root stops the service by it, it belongs in a directory that"
                            + " only root may write to. Default:",
                    "${DEFAULT-VALUE}"
                })
        Path pidFile = Path.of(SettingsReader.PID_FILE);

        @Option(
                names = {"-L", "--logdir"},
                paramLabel = "DIR",
                description = "With -D, where stdout and stderr go, to " + BackgroundProcess.STDOUT + " and "
                        + BackgroundProcess.STDERR + " there. Default: ${DEFAULT-VALUE}")
        Path logDir = Path.of(SettingsReader.LOG_DIR);

        /** Tells a process that it is the one that stays in the background; for {@link BackgroundStart} only. */
        @Option(names = BackgroundStart.OPTION, hidden = true)
        boolean child;
    }

    static final class Metrics {
        @Option(
                names = "--metrics-file",
                paramLabel = "FILE",
                description =
                        "Keep this file up to date with metrics in Prometheus's text format, for the textfile collector"
                                + " of node_exporter, which wants a name in .prom. It is replaced as a whole, and removed when the"
                                + " service stops; a file that does not hold this program's metrics is left alone")
        @Nullable
        Path file;

        @Option(
                names = "--metrics-interval",
                paramLabel = "SECONDS",
                description = "How often the metrics are written, 1 to 3600. Default: ${DEFAULT-VALUE}")
        int interval = 15;
    }

    static final class Other {
        @Option(
                names = "--check-config",
                description =
                        "Print every setting, where it comes from, and what is wrong with it, and exit: 0 if the service"
                                + " would start and could give verdicts, 1 if not")
        boolean checkConfig;

        @Option(names = "--version", description = "Print the version and exit")
        boolean version;

        @Option(
                names = {"-h", "--help"},
                description = "Print this and exit")
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

    /** Every setting with its value and where that comes from, in the order of the help. */
    final List<String> origins = new ArrayList<>();

    Options() {
        for (Limit limit : Limit.values()) {
            limits.addOption(OptionSpec.builder("--" + limit.optionName())
                    .paramLabel(limit.unit() == Limit.Unit.SECONDS ? "SECONDS" : "N")
                    .type(Integer.class)
                    .converters(new WholeNumber(limit::check))
                    .initialValue(limit.defaultValue())
                    .description(limit.description() + ", " + limit.least() + " to " + limit.most() + ". Default: "
                            + limit.defaultText())
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
