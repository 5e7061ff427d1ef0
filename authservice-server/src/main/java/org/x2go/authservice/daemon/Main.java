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
import org.x2go.authservice.daemon.config.Invocation;
import org.x2go.authservice.daemon.config.Settings;
import org.x2go.authservice.daemon.config.UsageException;
import org.x2go.authservice.daemon.logging.Logging;
import org.x2go.authservice.daemon.monitoring.MetricsFile;
import org.x2go.authservice.daemon.monitoring.SocketFileWatch;
import org.x2go.authservice.daemon.monitoring.StatisticsListener;
import org.x2go.authservice.daemon.monitoring.StatisticsPublisher;
import org.x2go.authservice.daemon.monitoring.SystemdNotifier;
import org.x2go.authservice.daemon.process.BackgroundProcess;
import org.x2go.authservice.daemon.process.BackgroundStart;
import org.x2go.authservice.daemon.process.ExitStatus;
import org.x2go.authservice.daemon.process.Lifecycle;
import org.x2go.authservice.daemon.process.OutOfMemoryExit;
import org.x2go.authservice.daemon.process.PidFile;
import org.x2go.authservice.daemon.process.SocketActivation;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.pam.ServiceInspection;
import org.x2go.authservice.posix.ErrorMessages;
import org.x2go.authservice.posix.NativeLibraries;
import org.x2go.authservice.posix.OpenFiles;
import org.x2go.authservice.posix.ProcessControl;
import org.x2go.authservice.posix.ProcessMemory;
import org.x2go.authservice.posix.SystemLog;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.worker.pool.JavaCommand;
import org.x2go.authservice.worker.process.WorkerMain;

/** The program. */
public final class Main {
    private static final String NAME = "x2gobroker-authservice";

    private Main() {}

    /** Runs the service until a signal, or one of its PAM workers until the service closes the channel. */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals(JavaCommand.WORKER)) {
            // Before any class of the service is loaded.
            WorkerMain.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        System.exit(run(args, System.out, System.err));
    }

    private static int run(String[] args, PrintStream out, PrintStream err) {
        boolean debug = false;
        try {
            Invocation invocation = Invocation.read(System.getenv(), err, args);
            debug = invocation.debug();
            switch (invocation.action()) {
                case HELP -> out.print(invocation.help());
                case VERSION -> out.println("authservice " + version());
                default -> {
                    // JNA first: account look-ups, opening the log file and exiting need it.
                    NativeLibraries.loadJna();
                    return run(invocation, args, out);
                }
            }
            return ExitStatus.OK;
        } catch (UsageException e) {
            err.println(NAME + ": " + e.getMessage() + " (try --help)");
            return ExitStatus.WRONG_USAGE;
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            err.println(NAME + ": " + ErrorMessages.textWithFile(e));
            if (debug) {
                e.printStackTrace(err);
            }
            return ExitStatus.FAILED;
        }
    }

    private static int run(Invocation invocation, String[] args, PrintStream out) throws Exception {
        if (invocation.action() == Invocation.Action.CHECK) {
            // A module that hangs while it is loaded would block the JVM's own exit.
            ProcessControl.letSignalsEndTheProcess();
            return invocation.check(out) ? ExitStatus.OK : ExitStatus.FAILED;
        }
        Settings settings = invocation.settings();
        if (invocation.action() == Invocation.Action.DAEMONIZE) {
            if (socket().isPresent()) {
                throw new IOException("--daemonize cannot be combined with socket activation (LISTEN_FDS)");
            }
            return BackgroundStart.run(args, out);
        }
        return serve(settings, out);
    }

    /** Returns only by an exception: the process exits when the service stops. */
    private static int serve(Settings settings, PrintStream out) throws Exception {
        OpenFiles.requireEnough();
        Logging logging = Logging.start(settings.log().target(), settings.log().debug());
        Lifecycle lifecycle = new Lifecycle(logging);
        OutOfMemoryExit.install(NAME);
        ProcessControl.onHangUp(() -> LogManager.getLogger(Main.class)
                .info("SIGHUP ignored: after log rotation the service reopens its log without a signal"));
        try {
            ProcessMemory.forbidDumps();
            SystemLog.setProgramName(NAME);
            lifecycle.start(() -> start(settings, lifecycle, out));
            warn(settings);
            lifecycle.awaitEnd();
            return ExitStatus.OK;
        } catch (Throwable e) {
            if (!settings.log().target().isStderr()) {
                LogManager.getLogger(Main.class).error("Not started: {}", ErrorMessages.textWithFile(e));
            }
            lifecycle.failed();
            throw e;
        }
    }

    private static void start(Settings settings, Lifecycle lifecycle, PrintStream out) throws Exception {
        if (!settings.findings().problems().isEmpty()) {
            throw new IOException(settings.findings().problems().get(0));
        }
        Settings.Background background = settings.background().orElse(null);
        BackgroundProcess process = background == null ? null : BackgroundProcess.start(background.logDir());
        if (settings.metrics().isPresent()) {
            MetricsFile.check(settings.metrics().get().file());
        }
        // Otherwise Netty searches for a network card's address, for channel ids that are unique between machines.
        System.setProperty("io.netty.machineId", "00:00:00:00:00:00");
        OptionalInt inherited = socket();
        Service service = Service.start(settings, inherited);
        lifecycle.started(service);
        lifecycle.started(publisher(settings, service));
        Logger log = LogManager.getLogger(Main.class);
        log.info(
                "authservice {} answers on {} ({}), PAM services {}, {} workers",
                version(),
                service.socket(),
                inherited.isPresent() ? "passed to it" : settings.socket().access(),
                settings.services().allowed(),
                settings.serverConfig().limit(Limit.WORKERS));
        if (background != null && process != null) {
            lifecycle.started(
                    PidFile.write(background.pidFile(), ProcessHandle.current().pid()));
            process.ready(out);
        }
        // From here on new files are private: those that others must read exist, or get an explicit mode.
        ProcessControl.keepNewFilesFromOthers();
        service.preload();
    }

    private static OptionalInt socket() throws IOException {
        return SocketActivation.descriptor(
                System.getenv(), ProcessHandle.current().pid());
    }

    private static StatisticsPublisher publisher(Settings settings, Service service) throws IOException {
        List<StatisticsListener> listeners = new ArrayList<>();
        Optional<SystemdNotifier> notifier =
                SystemdNotifier.of(System.getenv(), ProcessHandle.current().pid());
        if (notifier.isPresent()) {
            notifier.get().ready();
            listeners.add(notifier.get());
        }
        SocketFileWatch.at(service.socket()).ifPresent(listeners::add);
        settings.metrics()
                .ifPresent(metrics -> listeners.add(new MetricsFile(metrics.file(), metrics.interval(), version())));
        return StatisticsPublisher.start(service::statistics, listeners);
    }

    /** Logs warnings about the configuration, after the start. */
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
