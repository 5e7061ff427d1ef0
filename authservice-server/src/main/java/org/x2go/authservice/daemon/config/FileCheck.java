package org.x2go.authservice.daemon.config;

import java.nio.file.Files;
import java.nio.file.Path;
import org.x2go.authservice.daemon.logging.LogConfigurationCheck;
import org.x2go.authservice.daemon.logging.LogTarget;
import org.x2go.authservice.daemon.monitoring.MetricsFile;
import org.x2go.authservice.daemon.process.BackgroundProcess;
import org.x2go.authservice.daemon.process.PidFile;
import org.x2go.authservice.posix.AppendOnlyFile;

/** Checks whether the service could write its files, without writing. */
final class FileCheck {
    private final ProcessUser user;
    private final CheckReport report;

    FileCheck(ProcessUser user, CheckReport report) {
        this.user = user;
        this.report = report;
    }

    void log(Settings.Log log) {
        report.print("log: " + log.target().text() + (log.debug() ? ", debug" : ""));
        if (log.target() instanceof LogTarget.File file) {
            Path parent = file.path().getParent();
            logDirectory(parent == null ? file.path() : parent, "--auth-log");
            report.check(() -> AppendOnlyFile.check(file.path()));
            if (Files.isRegularFile(file.path()) && !Files.isWritable(file.path())) {
                report.problem("the log " + file.path() + " cannot be written to by " + user.name()
                        + ": give it to that user (chown), or choose another with --auth-log");
            }
        } else if (log.target() instanceof LogTarget.Configured configured) {
            report.check(() -> LogConfigurationCheck.check(configured.configuration()));
        }
    }

    void metrics(Settings.Metrics metrics) {
        report.print(
                "metrics: " + metrics.file() + ", every " + metrics.interval().toSeconds() + " s");
        Path parent = metrics.file().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            report.problem("the directory of the metrics file " + metrics.file()
                    + " does not exist: create it, or choose another with --metrics-file");
        } else if (!Files.isWritable(parent)) {
            report.problem("the metrics file's directory " + parent + " cannot be written to by " + user.name()
                    + ": choose another with --metrics-file");
        }
        report.check(() -> MetricsFile.check(metrics.file()));
        if (!metrics.file().toString().endsWith(".prom")) {
            report.warn("node_exporter reads files whose names end in .prom only: " + metrics.file() + " does not");
        }
    }

    /** Checks the files of a process in the background. */
    void background(Settings.Background background) {
        directory("PID file: " + background.pidFile(), background.pidFile(), "--pidfile");
        pidFile(background.pidFile());
        Path logDir = background.logDir();
        logDirectory(logDir, "--logdir");
        report.check(() -> AppendOnlyFile.check(logDir.resolve(BackgroundProcess.STDOUT)));
        report.check(() -> AppendOnlyFile.check(logDir.resolve(BackgroundProcess.STDERR)));
    }

    private void pidFile(Path file) {
        report.check(() -> PidFile.check(file));
        Path directory = file.getParent();
        report.check(() -> {
            if (user.root()
                    && directory != null
                    && Files.exists(directory)
                    && !Integer.valueOf(0).equals(Files.getAttribute(directory, "unix:uid"))) {
                report.warn("the PID file's directory " + directory
                        + " does not belong to root: its owner could make root stop another process. Choose another"
                        + " with --pidfile, such as /run/x2gobroker-authservice.pid");
            }
        });
    }

    private void logDirectory(Path directory, String option) {
        if (!Files.isDirectory(directory)) {
            report.problem(
                    "the log directory " + directory + " does not exist: create it, or choose another with " + option);
        } else if (!Files.isWritable(directory)) {
            report.problem("the log directory " + directory + " cannot be written to by " + user.name()
                    + ": choose another with " + option);
        }
    }

    /** Checks the directory of a file that the service creates; the service also creates that directory. */
    void directory(String what, Path file, String option) {
        report.print(what);
        Path directory = file.getParent();
        while (directory != null && !Files.exists(directory)) {
            directory = directory.getParent();
        }
        if (directory == null || !Files.isDirectory(directory)) {
            report.problem(directory + " is not a directory: choose another path with " + option);
        } else if (!Files.isWritable(directory)) {
            report.problem(
                    directory + " cannot be written to by " + user.name() + ": choose another path with " + option);
        }
    }
}
