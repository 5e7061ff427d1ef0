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
 * Collects what log4j says against a configuration; by itself it would go on with another one of its own. What it says at any
 * other time goes to stderr. Thread-safe.
 *
 * <p>It listens for as long as the process lives. If it were removed, the log's own thread, which begins at that moment and looks
 * at the list of listeners without a lock, might find a gap in it, and end: then nothing would be logged any more.
 */
final class StatusLogCollector implements StatusListener {
    static final StatusLogCollector LISTENER = new StatusLogCollector();

    private static final int QUEUED_TEXTS = 16;

    static {
        StatusLogger.getLogger().registerListener(LISTENER);
    }

    /**
     * Its thread prints: who logs must not wait for stderr, which may be a full pipe. What comes while it waits is dropped but for
     * the first few, as log4j itself says the same thing a few times only.
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

    /** Keeps what is said from now on. */
    synchronized void collect() {
        texts = new ArrayList<>();
    }

    /** Prints what was said, but for what {@link #check} has told, and what is said from now on. */
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
     * Whether what was said since {@link #collect} is nothing.
     *
     * @throws IOException if it is not, with the first of it
     */
    synchronized void check(LogTarget target) throws IOException {
        if (texts == null || texts.isEmpty()) {
            return;
        }
        String first = texts.get(0).replace('\n', ' ');
        // It has led to the others.
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

    /** What log4j has wrapped: the failure of a file or a connection if it is one, else the innermost. */
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
