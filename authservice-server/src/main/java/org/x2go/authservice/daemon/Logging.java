package org.x2go.authservice.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.Configurator;

/** The log, from the start of the program to its end. */
final class Logging implements AutoCloseable {
    private static final long STOP_SECONDS = 6;

    private final LoggerContext context;

    private Logging(LoggerContext context) {
        this.context = context;
    }

    /**
     * Configures the log. Nothing may have been logged before, nor a logger been made.
     *
     * @throws IOException if the log cannot be written as configured
     */
    static Logging start(LogTarget target, boolean debug) throws IOException {
        // What log4j looks for at its start, and this program has no use for.
        unlessSet("log4j2.contextSelector", "org.apache.logging.log4j.core.selector.BasicContextSelector");
        unlessSet("log4j2.disableThreadContext", "true");
        unlessSet("log4j2.isWebapp", "false");
        // It would run at the same time as ours, and the last lines would be lost.
        System.setProperty("log4j.shutdownHookEnabled", "false");
        LogComplaints complaints = LogComplaints.LISTENER;
        complaints.collect();
        try {
            // Most of what needs no file yet: to open one, JNA may have to be waited for.
            LogManager.getFactory();
            LoggerContext context = Configurator.initialize(configuration(target, debug ? Level.DEBUG : Level.INFO));
            complaints.check(target);
            if (target instanceof LogTarget.Configured configured && isSilent(context.getConfiguration())) {
                throw new IOException("the log configuration " + configured.configuration()
                        + " cannot be used: none of its loggers has an appender, so that nothing would be logged");
            }
            if (debug && target instanceof LogTarget.Configured) {
                Configurator.setLevel(BuiltInLogConfiguration.OWN_LOGGERS, Level.DEBUG);
            }
            return new Logging(context);
        } finally {
            complaints.print();
        }
    }

    private static boolean isSilent(Configuration configuration) {
        return configuration.getLoggers().values().stream()
                .allMatch(logger -> logger.getAppenders().isEmpty());
    }

    private static void unlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static Configuration configuration(LogTarget target, Level level) throws IOException {
        if (target instanceof LogTarget.Configured configured) {
            return LogConfigurationFile.read(null, configured.configuration());
        }
        LogPlugins.none();
        Appender appender = target instanceof LogTarget.File file ? file(file.path()) : stderr();
        return new BuiltInLogConfiguration(null, appender, level);
    }

    private static Appender file(Path path) throws IOException {
        Path directory = path.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new IOException("the directory of the log " + path
                    + " does not exist: make it, name another file with --auth-log, or log to stderr with -i");
        }
        try {
            return ReopeningFileAppender.batching("file", path);
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + "; or name another file with --auth-log, or log to stderr with -i", e);
        }
    }

    private static Appender stderr() {
        return ConsoleAppender.newBuilder()
                .setName("stderr")
                .setTarget(ConsoleAppender.Target.SYSTEM_ERR)
                .setLayout(LineLayout.create())
                .build();
    }

    /** Writes what is still queued, and stops logging. */
    @Override
    public void close() {
        context.stop(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
