package org.x2go.authservice.daemon.logging;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;
import org.jspecify.annotations.Nullable;

/**
 * Collects log4j's errors about a configuration, which log4j would replace by a default one. Later errors go to
 * stderr. Thread-safe.
 *
 * <p>The listener is never removed: the log's thread, which starts at that time, reads the list of listeners without a
 * lock, and could fail on a gap in it, so that nothing would be logged any more.
 */
final class StatusLogCollector implements StatusListener {
    static final StatusLogCollector LISTENER = new StatusLogCollector();

    private static final int QUEUED_TEXTS = 16;

    static {
        StatusLogger.getLogger().registerListener(LISTENER);
    }

    /**
     * Prints on a separate thread, since loggers must not wait for stderr, which may be a full pipe. While it blocks,
     * errors are dropped after the first few.
     */
    private final Executor printing = new ThreadPoolExecutor(
            0,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED_TEXTS),
            task -> {
                Thread thread = new Thread(task, "log-status");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    /** Null while they are printed. */
    private @Nullable List<String> texts;

    private StatusLogCollector() {}

    /** Collects errors from now on. */
    synchronized void collect() {
        texts = new ArrayList<>();
    }

    /** Prints the collected errors that {@link #check} did not throw, and all later ones. */
    void print() {
        List<String> kept;
        synchronized (this) {
            kept = texts == null ? List.of() : texts;
            texts = null;
        }
        kept.forEach(StatusLogCollector::print);
    }

    private static void print(String text) {
        System.err.println("x2gobroker-authservice: log4j: " + text);
    }

    /**
     * Checks that there was no error since {@link #collect}.
     *
     * @throws IOException with the first error, if there was one
     */
    synchronized void check(LogTarget target) throws IOException {
        if (texts == null || texts.isEmpty()) {
            return;
        }
        String first = texts.get(0).replace('\n', ' ');
        // The first error caused the others.
        texts.clear();
        throw target instanceof LogTarget.Configured configured
                ? LogConfigurationFile.unusable(configured.configuration(), first)
                : new IOException("the log cannot be started: " + first);
    }

    @Override
    public void log(StatusData data) {
        String text = data.getMessage().getFormattedMessage();
        Throwable thrown = data.getThrowable();
        String whole = thrown == null ? text : text + ": " + reason(thrown);
        synchronized (this) {
            if (texts != null) {
                texts.add(whole);
                return;
            }
        }
        printing.execute(() -> print(whole));
    }

    /** The cause that log4j has wrapped: an IOException if there is one, otherwise the innermost. */
    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && !(cause instanceof IOException)) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    @Override
    public Level getStatusLevel() {
        return Level.ERROR;
    }

    @Override
    public void close() {}
}
