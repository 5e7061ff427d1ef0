package org.x2go.authservice.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;
import org.jspecify.annotations.Nullable;

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
        Complaints complaints = Complaints.LISTENER;
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

    /**
     * What log4j has to say against a configuration; by itself it would go on with another one of its own. What it says later
     * goes to stderr.
     *
     * <p>It listens for as long as the process lives. If it were removed, the log's own thread, which begins at that moment and
     * looks at the list of listeners without a lock, might find a gap in it, and end: then nothing would be logged any more.
     */
    private static final class Complaints implements StatusListener {
        static final Complaints LISTENER = new Complaints();

        static {
            StatusLogger.getLogger().registerListener(LISTENER);
        }

        /** Null while they are printed. */
        private @Nullable List<String> texts;

        synchronized void collect() {
            texts = new ArrayList<>();
        }

        synchronized void print() {
            texts = null;
        }

        @Override
        public synchronized void log(StatusData data) {
            String text = data.getMessage().getFormattedMessage();
            Throwable thrown = data.getThrowable();
            String whole = thrown == null ? text : text + ": " + Failures.text(rootCause(thrown));
            if (texts == null) {
                System.err.println(Main.NAME + ": log4j: " + whole);
            } else {
                texts.add(whole);
            }
        }

        @Override
        public Level getStatusLevel() {
            return Level.ERROR;
        }

        @Override
        public void close() {}

        synchronized void check(LogTarget target) throws IOException {
            if (texts == null || texts.isEmpty()) {
                return;
            }
            String where = target instanceof LogTarget.Configured configured
                    ? "the log configuration " + configured.configuration() + " cannot be used: "
                    : "the log cannot be started: ";
            throw new IOException(where + texts.get(0).replace('\n', ' '));
        }

        private static Throwable rootCause(Throwable thrown) {
            Throwable cause = thrown;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause;
        }
    }
}
