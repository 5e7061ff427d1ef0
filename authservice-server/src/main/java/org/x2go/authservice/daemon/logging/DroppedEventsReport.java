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
 * Hands events on to another appender, after a line that says how many were dropped before. It stands between an
 * {@code <Async>} appender and what writes to a disk or a pipe, so that the line comes as soon as that takes lines again.
 *
 * <p>Once the queue is empty it waits for a moment: what is logged meanwhile is then taken in one go, where whoever logs would
 * have to wake the thread up for each event.
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
        // What cannot be written is to be heard of by the Async appender, which has it counted.
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

    /** Looks for the other two: all appenders have been made now, in whatever order they are written down. */
    @Override
    public void start() {
        if (configuration.getAppender(droppedEvents) instanceof DroppedEvents found) {
            dropped = found;
        } else {
            LOGGER.error("DroppedEventsReport {}: there is no DroppedEvents {}", getName(), droppedEvents);
        }
        next = configuration.getAppender(target);
        if (next == null) {
            LOGGER.error("DroppedEventsReport {}: there is no appender {}", getName(), target);
        }
        super.start();
    }

    @Override
    public void append(LogEvent event) {
        report(Objects.requireNonNull(dropped), Objects.requireNonNull(next));
        next.append(event);
        if (event.isEndOfBatch()) {
            // At a stop this does not wait: the thread is interrupted then.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void report(DroppedEvents dropped, Appender next) {
        long count = dropped.take();
        if (count == 0) {
            return;
        }
        boolean told = false;
        try {
            next.append(Log4jLogEvent.newBuilder()
                    .setLoggerName(DroppedEvents.class.getName())
                    .setLevel(Level.WARN)
                    .setMessage(
                            new SimpleMessage(
                                    count
                                            + " log lines were lost: they came faster than they could be written, or could not be written"))
                    .build());
            told = true;
        } finally {
            if (!told) {
                dropped.giveBack(count);
            }
        }
    }
}
