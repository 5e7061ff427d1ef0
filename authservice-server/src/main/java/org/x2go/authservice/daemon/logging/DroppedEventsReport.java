package org.x2go.authservice.daemon.logging;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginConfiguration;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.jspecify.annotations.Nullable;

/**
 * Passes events on to another appender, after a line with the number of dropped events. It is the target of an {@code
 * <Async>} appender, so that the line is written as soon as the other appender works again.
 *
 * <p>When the queue is empty it pauses for a millisecond, so that it takes several events at once, and loggers need
 * not wake the thread for each.
 */
@Plugin(name = "DroppedEventsReport", category = Node.CATEGORY, elementType = Appender.ELEMENT_TYPE)
public final class DroppedEventsReport extends AbstractAppender {
    private static final long PAUSE_NANOS = 1_000_000;

    private final Configuration configuration;
    private final String droppedEvents;
    private final String target;

    private @Nullable DroppedEvents dropped;
    private @Nullable Appender next;

    private DroppedEventsReport(Configuration configuration, String name, String droppedEvents, String target) {
        // The Async appender must see failures, since it has the events counted.
        super(name, null, null, false, Property.EMPTY_ARRAY);
        this.configuration = configuration;
        this.droppedEvents = droppedEvents;
        this.target = target;
    }

    /**
     * Made by log4j2 for an element of its configuration.
     *
     * @param droppedEvents the name of the {@link DroppedEvents} that counts
     * @param target the name of the appender that events are handed on to
     */
    @PluginFactory
    public static DroppedEventsReport create(
            @PluginConfiguration Configuration configuration,
            @PluginAttribute("name") String name,
            @PluginAttribute("droppedEvents") @Nullable String droppedEvents,
            @PluginAttribute("target") @Nullable String target) {
        if (droppedEvents == null || target == null) {
            throw new IllegalArgumentException("a DroppedEventsReport needs droppedEvents and target");
        }
        return new DroppedEventsReport(configuration, name, droppedEvents, target);
    }

    /** Looks up the other two appenders, which exist by now in any order of the configuration. */
    @Override
    public void start() {
        if (configuration.getAppender(droppedEvents) instanceof DroppedEvents found) {
            dropped = found;
        } else {
            LOGGER.error("DroppedEventsReport {}: there is no DroppedEvents {}", getName(), droppedEvents);
        }
        next = configuration.getAppender(target);
        if (next == null) {
            LOGGER.error("DroppedEventsReport {}: undefined appender {}", getName(), target);
        }
        super.start();
    }

    @Override
    public void append(LogEvent event) {
        report(Objects.requireNonNull(dropped), Objects.requireNonNull(next));
        next.append(event);
        if (event.isEndOfBatch()) {
            // At a stop the thread is interrupted, so this does not wait.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void report(DroppedEvents dropped, Appender next) {
        long count = dropped.take();
        if (count == 0) {
            return;
        }
        boolean reported = false;
        try {
            next.append(Log4jLogEvent.newBuilder()
                    .setLoggerName(DroppedEvents.class.getName())
                    .setLevel(Level.WARN)
                    .setMessage(
                            new SimpleMessage(
                                    count
                                            + " log lines were lost: they came faster than they could be written, or could not be written"))
                    .build());
            reported = true;
        } finally {
            if (!reported) {
                dropped.giveBack(count);
            }
        }
    }
}
