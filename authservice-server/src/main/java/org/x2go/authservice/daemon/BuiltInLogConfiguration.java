package org.x2go.authservice.daemon;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AsyncAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.AppenderRef;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.jspecify.annotations.Nullable;

/**
 * How the log is configured when no file says otherwise: this program's messages from INFO (or DEBUG) on, those of what it
 * is built on from WARN on, all through a queue, so that nobody who logs ever waits for a disk. Put together here and not
 * in a file, which would be parsed at every start.
 */
final class BuiltInLogConfiguration extends AbstractConfiguration {
    static final String OWN_LOGGERS = "org.x2go.authservice";

    /** Warns, with a stack trace, when it sees no network: but a service that is given none needs none. */
    private static final String NETWORK_LOGGER = "io.netty.util.NetUtilInitializations";

    private static final int QUEUED_EVENTS = 8192;

    /** For what is still queued at the end, if the disk (or who reads our stderr) does not take it. */
    private static final long STOP_MILLIS = 5000;

    private final Appender target;
    private final Level level;

    BuiltInLogConfiguration(@Nullable LoggerContext context, Appender target, Level level) {
        super(context, ConfigurationSource.NULL_SOURCE);
        this.target = target;
        this.level = level;
        setName("built-in");
        // Else log4j would look this machine's name up, be it in a DNS that does not answer.
        getProperties().put("hostName", "");
    }

    @Override
    protected void doConfigure() {
        LostEvents lost = new LostEvents();
        Appender reporting = lost.reportedTo(target);
        for (Appender appender : new Appender[] {target, lost, reporting}) {
            addAppender(appender);
        }
        AsyncAppender.Builder<?> builder = new AsyncAppender.Builder<>();
        AsyncAppender queue = builder.setBlockingQueueFactory(LogQueue::new)
                .setName("queue")
                .setConfiguration(this)
                .setAppenderRefs(new AppenderRef[] {AppenderRef.createAppenderRef(reporting.getName(), null, null)})
                .setErrorRef(LostEvents.NAME)
                .setBlocking(false)
                .setBufferSize(QUEUED_EVENTS)
                .setShutdownTimeout(STOP_MILLIS)
                .build();
        addAppender(queue);
        LoggerConfig root = getRootLogger();
        root.setLevel(Level.WARN);
        root.addAppender(queue, null, null);
        addLogger(OWN_LOGGERS, new LoggerConfig(OWN_LOGGERS, level, true));
        addLogger(NETWORK_LOGGER, new LoggerConfig(NETWORK_LOGGER, Level.ERROR, true));
    }
}
