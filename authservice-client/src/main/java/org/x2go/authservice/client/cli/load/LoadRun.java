package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.client.transport.UntrustedServerException;

/** One measurement: a warm-up and what follows it. */
public final class LoadRun {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Target target;
    private final LoadOptions options;
    private final PrintWriter progress;
    private final LatencyRecorder recorder = new LatencyRecorder();
    /** For each connection its requests. */
    private final List<Requests> requests = new ArrayList<>();

    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable IOException failure;

    /**
     * A run that writes a line each second to {@code progress}.
     *
     * @throws IllegalArgumentException if an option is out of its range
     */
    public LoadRun(Target target, LoadOptions options, PrintWriter progress) {
        options.validate();
        this.target = target;
        this.options = options;
        this.progress = progress;
    }

    /**
     * Puts the load on the service, and returns when the measurement is over.
     *
     * @param password the right password of every user, left as it is; the caller wipes it
     * @throws IllegalArgumentException if user, password or service cannot be sent
     * @throws IOException if the service cannot be reached; the message says why
     */
    public LoadResult run(char[] password) throws IOException, InterruptedException {
        try {
            for (int i = 1; i <= options.connections; i++) {
                requests.add(new Requests(options, target.pamService(), i, password));
            }
            return measure();
        } catch (UntrustedServerException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "Cannot connect to " + target.socket() + ": " + e.getMessage()
                            + ". Check that the service is running and that you may write to its socket",
                    e);
        } finally {
            stopThreads();
            requests.forEach(Requests::close);
        }
    }

    private LoadResult measure() throws IOException, InterruptedException {
        try (IdleConnections idle = new IdleConnections(target, options.idle)) {
            startThreads();
            await("warming up", options.warmupSeconds);
            recorder.setMeasuring(true);
            long start = System.nanoTime();
            await("measuring", options.durationSeconds);
            recorder.setMeasuring(false);
            Duration measured = Duration.ofNanos(System.nanoTime() - start);
            return new LoadResult(options, measured, recorder, recorder.waitingCount(), idle.countOpen());
        }
    }

    private void startThreads() {
        if (options.keep()) {
            startThread(requests);
        } else {
            requests.forEach(each -> startThread(List.of(each)));
        }
    }

    private void startThread(List<Requests> share) {
        LoadClient client = new LoadClient(target, options, share, recorder, e -> failure = e);
        Thread thread = new Thread(client, "load-" + (threads.size() + 1));
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void stopThreads() throws InterruptedException {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Waits, and writes how many answers come. */
    private void await(String phase, int seconds) throws IOException, InterruptedException {
        long last = System.nanoTime();
        long end = last + seconds * SECOND_NANOS;
        long answersBefore = recorder.finishedCount();
        for (long left = end - last; left > 0; left = end - last) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, SECOND_NANOS));
            IOException unreachable = failure;
            if (unreachable != null) {
                throw unreachable;
            }
            long now = System.nanoTime();
            long answers = recorder.finishedCount();
            progress.printf(
                    Locale.ROOT,
                    "%s, %.0f s left: %,.0f answers/s%n",
                    phase,
                    Math.max(0, (end - now) / 1e9),
                    (answers - answersBefore) * 1e9 / (now - last));
            progress.flush();
            answersBefore = answers;
            last = now;
        }
    }
}
