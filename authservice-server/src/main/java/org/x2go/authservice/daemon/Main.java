package org.x2go.authservice.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.daemon.logging.Logging;
import org.x2go.authservice.posix.ProcessMemory;
import org.x2go.authservice.posix.SystemLog;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.worker.pool.JavaCommand;
import org.x2go.authservice.worker.process.WorkerMain;

/** The program. */
public final class Main {
    static final String NAME = "x2gobroker-authservice";

    /** Exit status: the service ran and was stopped, or does run in the background. */
    static final int OK = 0;

    /** Exit status: the service could not start, or could not stop as it should. */
    static final int FAILED = 1;

    /** Exit status: the command line is wrong. */
    static final int WRONG_USAGE = 2;

    private Main() {}

    /** Runs the service until a signal ends it, or one of its PAM workers until the service ends. */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals(JavaCommand.WORKER)) {
            // Before anything of the service is loaded.
            WorkerMain.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        System.exit(run(args, System.out, System.err));
    }

    private static int run(String[] given, PrintStream out, PrintStream err) {
        boolean debug = false;
        try {
            RenamedOptions renamed = RenamedOptions.in(given);
            String[] args = renamed.arguments().toArray(String[]::new);
            renamed.warnings().forEach(warning -> err.println(NAME + ": " + warning));
            GivenOptions plain = PlainArguments.read(args);
            Options options = plain != null ? plain.options() : new CommandLineParser().parse(args);
            debug = options.debug() || options.debugInteractively();
            if (options.help()) {
                out.print(new CommandLineParser().help());
                return OK;
            }
            if (options.version()) {
                out.println("authservice " + version());
                return OK;
            }
            ProcessUser user = ProcessUser.current();
            Settings settings = new SettingsReader(
                            System.getenv(), SettingsReader.DEFAULTS_CONF, SettingsReader.LOG_CONFIG, user)
                    .read(options);
            if (options.checkConfig()) {
                return new ConfigurationCheck(settings, user, out).run(options.daemonize()) ? OK : FAILED;
            }
            if (options.daemonize() && !options.backgroundChild()) {
                if (socket().isPresent()) {
                    throw new IOException(
                            "who was given a socket (LISTEN_FDS) stays in the foreground: leave out" + " --daemonize");
                }
                return BackgroundStart.run(given, out);
            }
            return serve(settings, user, options.backgroundChild(), out);
        } catch (UsageException e) {
            err.println(NAME + ": " + e.getMessage() + " (try --help)");
            return WRONG_USAGE;
        } catch (Exception e) {
            err.println(NAME + ": " + Failures.textWithFile(e));
            if (debug) {
                e.printStackTrace(err);
            }
            return FAILED;
        }
    }

    /** Returns only by an exception: the end of the service is that of the process. */
    private static int serve(Settings settings, ProcessUser user, boolean background, PrintStream out)
            throws Exception {
        Logging logging = Logging.start(settings.logTarget(), settings.debug());
        Lifecycle lifecycle = new Lifecycle(logging);
        try {
            ProcessMemory.forbidDumps();
            SystemLog.writeAs(NAME);
            lifecycle.start(() -> start(settings, user, background, lifecycle, out));
            warn(settings);
            lifecycle.awaitEnd();
            return OK;
        } catch (Throwable e) {
            if (!settings.logTarget().isStderr()) {
                LogManager.getLogger(Main.class).error("Not started: {}", Failures.textWithFile(e));
            }
            lifecycle.failed();
            throw e;
        }
    }

    private static void start(
            Settings settings, ProcessUser user, boolean background, Lifecycle lifecycle, PrintStream out)
            throws Exception {
        BackgroundProcess process =
                background ? BackgroundProcess.start(settings.background().logDir()) : null;
        if (settings.metrics().isPresent()) {
            MetricsFile.check(settings.metrics().get().file());
        }
        // Netty would look for a network card, whose address tells channels of several machines apart.
        System.setProperty("io.netty.machineId", "00:00:00:00:00:00");
        OptionalInt inherited = socket();
        Service service = Service.start(settings, inherited);
        lifecycle.started(service);
        lifecycle.started(reports(settings, service));
        Logger log = LogManager.getLogger(Main.class);
        log.info(
                "authservice {} answers on {} ({}), PAM services {}, {} workers",
                version(),
                service.socket(),
                inherited.isPresent() ? "passed to it" : ownerText(settings, user),
                settings.services().allowed(),
                settings.serverConfig().limit(Limit.WORKERS));
        if (process != null) {
            lifecycle.started(PidFile.write(
                    settings.background().pidFile(), ProcessHandle.current().pid()));
            process.ready(out);
        }
        service.warmUp();
    }

    private static OptionalInt socket() throws IOException {
        return SocketActivation.descriptor(
                System.getenv(), ProcessHandle.current().pid());
    }

    private static String ownerText(Settings settings, ProcessUser user) {
        return settings.owner().orElse(user.name()) + ":" + settings.group().orElse("own group") + " "
                + settings.socketModeText();
    }

    private static Reports reports(Settings settings, Service service) throws IOException {
        List<Report> reports = new ArrayList<>();
        Optional<SystemdNotifier> notifier =
                SystemdNotifier.of(System.getenv(), ProcessHandle.current().pid());
        if (notifier.isPresent()) {
            notifier.get().ready();
            reports.add(notifier.get());
        }
        settings.metrics()
                .ifPresent(metrics ->
                        reports.add(new MetricsFile(metrics.file(), metrics.interval(), new MetricsFormat(version()))));
        return Reports.start(service::serverStatistics, service::poolStatistics, reports);
    }

    /** What an admin should know of, but need not wait for at the start. */
    private static void warn(Settings settings) {
        Logger log = LogManager.getLogger(Main.class);
        settings.notes().forEach(log::warn);
        PamServiceFiles files = PamServiceFiles.in(settings.pamConfdir());
        for (String service : settings.services().allowed()) {
            files.warnings(service).forEach(log::warn);
        }
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
    }
}
