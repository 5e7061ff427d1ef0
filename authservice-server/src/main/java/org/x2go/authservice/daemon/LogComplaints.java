package org.x2go.authservice.daemon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;
import org.jspecify.annotations.Nullable;

/**
 * What log4j has to say against a configuration; by itself it would go on with another one of its own. What it says at any other
 * time goes to stderr. Thread-safe.
 *
 * <p>It listens for as long as the process lives. If it were removed, the log's own thread, which begins at that moment and looks
 * at the list of listeners without a lock, might find a gap in it, and end: then nothing would be logged any more.
 */
final class LogComplaints implements StatusListener {
    static final LogComplaints LISTENER = new LogComplaints();

    static {
        StatusLogger.getLogger().registerListener(LISTENER);
    }

    /** Null while they are printed. */
    private @Nullable List<String> texts;

    private LogComplaints() {}

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
        kept.forEach(LogComplaints::print);
    }

    private static void print(String text) {
        System.err.println(Main.NAME + ": log4j: " + text);
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
        String where = target instanceof LogTarget.Configured configured
                ? "the log configuration " + configured.configuration() + " cannot be used: "
                : "the log cannot be started: ";
        String first = texts.get(0);
        // It has led to the others.
        texts.clear();
        throw new IOException(where + first.replace('\n', ' '));
    }

    @Override
    public void log(StatusData data) {
        String text = data.getMessage().getFormattedMessage();
        Throwable thrown = data.getThrowable();
        String whole = thrown == null ? text : text + ": " + Failures.text(rootCause(thrown));
        synchronized (this) {
            if (texts != null) {
                texts.add(whole);
                return;
            }
        }
        print(whole);
    }

    private static Throwable rootCause(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    @Override
    public Level getStatusLevel() {
        return Level.ERROR;
    }

    @Override
    public void close() {}
}
