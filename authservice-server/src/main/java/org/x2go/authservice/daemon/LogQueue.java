package org.x2go.authservice.daemon;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.logging.log4j.core.LogEvent;

/**
 * What is to be written to the log. Whoever takes from it waits a moment after it was empty, so that a crowd's lines come
 * together and are written at once: to be woken for each would cost more than the line.
 */
final class LogQueue extends LinkedBlockingQueue<LogEvent> {
    private static final long serialVersionUID = 1L;

    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    LogQueue(int capacity) {
        super(capacity);
    }

    @Override
    public LogEvent take() throws InterruptedException {
        LogEvent event = poll();
        if (event == null) {
            event = super.take();
            LockSupport.parkNanos(this, MOMENT_NANOS);
        }
        return event;
    }
}
