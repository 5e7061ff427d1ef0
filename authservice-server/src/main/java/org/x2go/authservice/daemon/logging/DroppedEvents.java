package org.x2go.authservice.daemon.logging;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;

/**
 * Counts the events that an {@code <Async>} appender, of which this is the {@code errorRef}, could not log: because
 * its queue was full or its appender failed. {@link DroppedEventsReport} logs the number.
 */
@Plugin(name = "DroppedEvents", category = Node.CATEGORY, elementType = Appender.ELEMENT_TYPE)
public final class DroppedEvents extends AbstractAppender {
    private final AtomicLong count = new AtomicLong();

    private DroppedEvents(String name) {
        super(name, null, null, true, Property.EMPTY_ARRAY);
    }

    /** Made by log4j2 for an element of its configuration. */
    @PluginFactory
    public static DroppedEvents create(@PluginAttribute("name") String name) {
        return new DroppedEvents(name);
    }

    @Override
    public void append(LogEvent event) {
        count.incrementAndGet();
    }

    /** Returns and resets the count. */
    long take() {
        return count.getAndSet(0);
    }

    /** Adds a taken count again that could not be reported. */
    void giveBack(long taken) {
        count.addAndGet(taken);
    }
}
