package org.x2go.authservice.daemon.logging;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;

/** The log, from the start of the program to its end. */
public final class Logging implements AutoCloseable {
    private static final String OWN_LOGGERS = "org.x2go.authservice";

    /** Longer than the queue's shutdownTimeout in log4j2.xml. */
    private static final long STOP_SECONDS = 6;

    private final LoggerContext context;

    private Logging(LoggerContext context) {
        this.context = context;
    }

    /**
     * Configures the log. No logger may have been created before.
     *
     * @throws IOException if the log cannot be written as configured
     */
    public static Logging start(LogTarget target, boolean debug) throws IOException {
        // log4j's hook would run at the same time as ours, and the last lines would be lost.
        System.setProperty("log4j.shutdownHookEnabled", "false");
        StatusLogCollector errors = StatusLogCollector.LISTENER;
        errors.collect();
        try {
            LoggerContext context = Configurator.initialize(configuration(target));
            errors.check(target);
            if (target instanceof LogTarget.Configured configured && isSilent(context.getConfiguration())) {
                throw LogConfigurationFile.unusable(configured.configuration(), LogConfigurationCheck.SILENT);
            }
            if (debug) {
                Configurator.setLevel(OWN_LOGGERS, Level.DEBUG);
            }
            return new Logging(context);
        } finally {
            errors.print();
        }
    }

    private static boolean isSilent(Configuration configuration) {
        return configuration.getLoggers().values().stream()
                .allMatch(logger -> logger.getAppenders().isEmpty());
    }

    /** Reads the configuration of the target. */
    static Configuration configuration(LogTarget target) throws IOException {
        if (target instanceof LogTarget.Configured configured) {
            return LogConfigurationFile.read(null, configured.configuration());
        }
        String kind = target instanceof LogTarget.Journal ? "journal" : "stderr";
        if (target instanceof LogTarget.File file) {
            kind = "file";
            tryToOpen(file.path());
            System.setProperty("authservice.log.file", file.path().toString());
        }
        System.setProperty("authservice.log", kind);
        URL url = Objects.requireNonNull(Logging.class.getResource("log4j2.xml"));
        try (InputStream stream = url.openStream()) {
            Configuration configuration = new XmlConfiguration(null, new ConfigurationSource(stream, url));
            // Otherwise log4j would look up this machine's name, which blocks if the DNS does not answer.
            configuration.getProperties().put("hostName", "");
            return configuration;
        }
    }

    /** log4j's message about a file that cannot be opened does not help an administrator. */
    private static void tryToOpen(Path file) throws IOException {
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new IOException("the directory of the log " + file
                    + " does not exist: create it, name another file with --auth-log, or log to stderr with -i");
        }
        try {
            ReopeningFileAppender.open(file).close();
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + "; or name another file with --auth-log, or log to stderr with -i", e);
        }
    }

    /**
     * Writes the queued events and stops logging, in a few seconds at most. log4j would wait without end for an
     * appender that writes to a full pipe.
     */
    @Override
    public void close() {
        Thread stop = new Thread(() -> context.stop(STOP_SECONDS, TimeUnit.SECONDS), "log-stop");
        stop.setDaemon(true);
        stop.start();
        try {
            stop.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
