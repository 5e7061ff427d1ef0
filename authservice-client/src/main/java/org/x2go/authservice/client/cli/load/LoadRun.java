package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.client.transport.UntrustedServerException;

/** Runs a load once. */
public final class LoadRun {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LoadPlan plan;
    private final PrintWriter progress;
    private final Load.Signals signals = new Load.Signals();
    private final List<Load> parts = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** A run that writes a line each second to {@code progress}. */
    public LoadRun(LoadPlan plan, PrintWriter progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Puts the load on and returns when it is over.
     *
     * @param password the right password of every user; wiping it stays the caller's business
     * @throws IllegalArgumentException if user, password or service cannot be sent
     * @throws IOException if the service cannot be reached; the message says why
     */
    public LoadResult run(char[] password) throws IOException, InterruptedException {
        List<Requests> requests = new ArrayList<>();
        for (int i = 1; i <= plan.connections(); i++) {
            requests.add(new Requests(plan, i, password));
        }
        if (plan.keep()) {
            parts.add(new KeptConnections(plan, requests, signals));
        } else {
            requests.forEach(each -> parts.add(new Lane(plan, each, signals)));
        }
        try (IdleConnections idle = IdleConnections.open(plan)) {
            startThreads();
            try {
                pass(plan.warmup(), "warming up");
                signals.measuring = true;
                long begun = System.nanoTime();
                pass(plan.duration(), "measuring");
                signals.measuring = false;
                Duration measured = Duration.ofNanos(System.nanoTime() - begun);
                int unanswered = parts.stream().mapToInt(Load::waiting).sum();
                int stillIdle = idle.countOpen();
                stopThreads();
                return result(measured, unanswered, stillIdle);
            } finally {
                stopThreads();
            }
        } catch (UntrustedServerException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "Cannot connect to " + plan.socket() + ": " + e.getMessage()
                            + ". Is the service running, and may you write to its socket?",
                    e);
        }
    }

    private void startThreads() {
        for (Load part : parts) {
            Thread thread = new Thread(part, "load-" + (threads.size() + 1));
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void stopThreads() throws InterruptedException {
        signals.stopped = true;
        parts.forEach(Load::stop);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void pass(Duration time, String what) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        long last = System.nanoTime();
        long answersBefore = signals.answers.sum();
        for (long left = end - last; left > 0; left = end - last) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, SECOND_NANOS));
            IOException unreachable = signals.unreachable;
            if (unreachable != null) {
                throw unreachable;
            }
            long now = System.nanoTime();
            long answers = signals.answers.sum();
            progress.printf(
                    Locale.ROOT,
                    "%s, %.0f s left: %,.0f answers/s%n",
                    what,
                    Math.max(0, (end - now) / 1e9),
                    (answers - answersBefore) * 1e9 / (now - last));
            progress.flush();
            answersBefore = answers;
            last = now;
        }
    }

    private LoadResult result(Duration measured, int unanswered, int stillIdle) {
        Tally all = new Tally();
        parts.forEach(part -> all.add(part.tally()));
        return new LoadResult(plan, measured, all, unanswered, stillIdle);
    }
}
