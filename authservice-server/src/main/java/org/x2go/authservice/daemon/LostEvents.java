package org.x2go.authservice.daemon;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;

/**
 * Counts the events that did not fit into the log's queue. The queue never blocks who logs, so that it must drop what comes
 * while the disk does not keep up; this makes sure that the log says so.
 */
final class LostEvents extends AbstractAppender {
    static final String NAME = "lost";

    private final AtomicLong lost = new AtomicLong();

    LostEvents() {
        super(NAME, null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
        lost.incrementAndGet();
    }

    /** Passes events on to another appender, after a line about those that were lost before it. */
    Appender reportedTo(Appender target) {
        return new Reporter(target);
    }

    private final class Reporter extends AbstractAppender {
        private final Appender target;

        Reporter(Appender target) {
            super(target.getName() + "-and-losses", null, null, true, Property.EMPTY_ARRAY);
            this.target = target;
        }

        @Override
        public void append(LogEvent event) {
            long count = lost.getAndSet(0);
            if (count > 0) {
                target.append(Log4jLogEvent.newBuilder()
                        .setLoggerName(LostEvents.class.getName())
                        .setLevel(Level.WARN)
                        .setMessage(new SimpleMessage(
                                count + " log lines were lost: they came faster than they could be" + " written"))
                        .build());
            }
            target.append(event);
        }
    }
}
