package org.x2go.authservice.testsupport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** Captures the log of one package, down to TRACE, until it is closed. */
public final class CapturedLog implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final LoggerContext context = LoggerContext.getContext(false);
    private final String name;
    private final Appender appender = new Appender();

    /** Listens to a package, which must not have a logger configuration of its own. */
    public CapturedLog(String packageName) {
        this.name = packageName;
        appender.start();
        LoggerConfig config = new LoggerConfig(packageName, Level.TRACE, false);
        config.addAppender(appender, Level.TRACE, null);
        configuration().addLogger(packageName, config);
        context.updateLoggers();
    }

    private Configuration configuration() {
        return context.getConfiguration();
    }

    /** What was logged so far: level, message and the names and messages of what was thrown. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        configuration().removeLogger(name);
        context.updateLoggers();
        appender.stop();
    }

    private final class Appender extends AbstractAppender {
        Appender() {
            super("captured", null, null, false, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            StringBuilder line = new StringBuilder();
            line.append(event.getLevel()).append(' ').append(event.getMessage().getFormattedMessage());
            for (Throwable t = event.getThrown(); t != null; t = t.getCause()) {
                line.append(" | ").append(t);
            }
            lines.add(line.toString());
        }
    }
}
