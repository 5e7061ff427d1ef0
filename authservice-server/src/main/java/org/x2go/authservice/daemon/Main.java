package org.x2go.authservice.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.daemon.logging.Logging;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.pam.ServiceInspection;
import org.x2go.authservice.posix.HangUpSignal;
import org.x2go.authservice.posix.NativeLibraries;
import org.x2go.authservice.posix.OpenFiles;
import org.x2go.authservice.posix.ProcessControl;
import org.x2go.authservice.posix.ProcessMemory;
import org.x2go.authservice.posix.SystemLog;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.text.LocaleText;
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
            requireDecoded(given);
            RenamedOptions renamed = RenamedOptions.in(given);
            String[] args = renamed.arguments().toArray(String[]::new);
            renamed.warnings().forEach(warning -> err.println(NAME + ": " + warning));
            SettingSources sources = SettingSources.open(System.getenv(), Path.of(SettingsReader.DEFAULTS_CONF_PATH));
            CommandLineParser parser = new CommandLineParser(sources);
            Options options = parser.parse(args);
            debug = options.log.debug || options.log.interactive;
            if (options.other.help) {
                out.print(parser.help());
                return OK;
            }
            if (options.other.version) {
                out.println("authservice " + version());
                return OK;
            }
            // First of all: accounts are looked up in the C library, and the log's file and the end of the process need
            // it.
            NativeLibraries.loadJna();
            ProcessUser user = ProcessUser.current();
            Settings settings = SettingsReader.ofThisProcess(sources, user).read(parser, options);
            boolean daemonize = options.background.daemonize;
            if (options.other.checkConfig) {
                return new ConfigurationCheck(settings, options.origins, user, out).run(daemonize) ? OK : FAILED;
            }
            if (daemonize && !options.background.child) {
                if (socket().isPresent()) {
                    throw new IOException("--daemonize cannot be combined with socket activation (LISTEN_FDS)");
                }
                return BackgroundStart.run(given, out);
            }
            return serve(settings, options.background.child, out);
        } catch (UsageException e) {
            err.println(NAME + ": " + e.getMessage() + " (try --help)");
            return WRONG_USAGE;
        } catch (Exception | LinkageError e) {
            err.println(NAME + ": " + Failures.textWithFile(e));
            if (debug) {
                e.printStackTrace(err);
            }
            return FAILED;
        }
    }

    /** Another path or user than was meant would be used: its name decoded as this locale says is another one. */
    private static void requireDecoded(String... arguments) throws UsageException {
        try {
            LocaleText.requireDecoded(List.of(arguments), System.getenv());
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    /** Returns only by an exception: the end of the service is that of the process. */
    private static int serve(Settings settings, boolean background, PrintStream out) throws Exception {
        OpenFiles.requireEnough();
        Logging logging = Logging.start(settings.log().target(), settings.log().debug());
        Lifecycle lifecycle = new Lifecycle(logging);
        OutOfMemoryExit.install();
        HangUpSignal.handle(() -> LogManager.getLogger(Main.class)
                .info("SIGHUP has no effect: the service goes on, and makes a log that was renamed anew by itself"));
        try {
            ProcessMemory.forbidDumps();
            SystemLog.writeAs(NAME);
            lifecycle.start(() -> start(settings, background, lifecycle, out));
            warn(settings);
            lifecycle.awaitEnd();
            return OK;
        } catch (Throwable e) {
            if (!settings.log().target().isStderr()) {
                LogManager.getLogger(Main.class).error("Not started: {}", Failures.textWithFile(e));
            }
            lifecycle.failed();
            throw e;
        }
    }

    private static void start(Settings settings, boolean background, Lifecycle lifecycle, PrintStream out)
            throws Exception {
        if (!settings.findings().problems().isEmpty()) {
            throw new IOException(settings.findings().problems().get(0));
        }
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
                inherited.isPresent() ? "passed to it" : ownerText(settings.socket()),
                settings.services().allowed(),
                settings.serverConfig().limit(Limit.WORKERS));
        if (process != null) {
            lifecycle.started(PidFile.write(
                    settings.background().pidFile(), ProcessHandle.current().pid()));
            process.ready(out);
        }
        // The files that others may read are there, or are made so.
        ProcessControl.keepNewFilesFromOthers();
        service.warmUp();
    }

    private static OptionalInt socket() throws IOException {
        return SocketActivation.descriptor(
                System.getenv(), ProcessHandle.current().pid());
    }

    private static String ownerText(Settings.Socket socket) {
        return socket.owner().name() + ":" + socket.group().name() + " " + socket.modeText();
    }

    private static Reports reports(Settings settings, Service service) throws IOException {
        List<Report> reports = new ArrayList<>();
        Optional<SystemdNotifier> notifier =
                SystemdNotifier.of(System.getenv(), ProcessHandle.current().pid());
        if (notifier.isPresent()) {
            notifier.get().ready();
            reports.add(notifier.get());
        }
        SocketFileWatch.over(service.socket()).ifPresent(reports::add);
        settings.metrics()
                .ifPresent(metrics ->
                        reports.add(new MetricsFile(metrics.file(), metrics.interval(), new MetricsFormat(version()))));
        return Reports.start(service::statistics, reports);
    }

    /** What an admin should know of, but need not wait for at the start. */
    private static void warn(Settings settings) {
        Logger log = LogManager.getLogger(Main.class);
        settings.findings().mistakes().forEach(log::warn);
        settings.findings().warnings().forEach(log::warn);
        try {
            ServiceInspection inspection = ServiceInspection.open(settings.pam());
            for (String service : settings.services().allowed()) {
                inspection.files(service).forEach(finding -> log.warn(finding.text()));
            }
        } catch (PamUnavailableException e) {
            log.warn(e.getMessage());
        }
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
    }
}
