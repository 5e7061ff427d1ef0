package org.x2go.authservice.client.cli.load;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** What a run measured. */
public final class LoadResult {
    private static final String[] COLUMNS = {"min", "p50", "p90", "p99", "p99.9", "max"};
    private static final double[] PERCENTILES = {0, 50, 90, 99, 99.9, 100};

    private final LoadOptions options;
    private final double seconds;
    private final LatencyRecorder recorder;
    private final long stillWaiting;
    private final int stillIdle;

    LoadResult(LoadOptions options, Duration measured, LatencyRecorder recorder, long stillWaiting, int stillIdle) {
        this.options = options;
        this.seconds = measured.toNanos() / 1e9;
        this.recorder = recorder;
        this.stillWaiting = stillWaiting;
        this.stillIdle = stillIdle;
    }

    /** How many requests with this outcome were measured. */
    public long count(Outcome outcome) {
        return recorder.outcomeCount(outcome);
    }

    /** How many requests were answered, whatever the verdict. */
    public long answers() {
        return Stream.of(Outcome.values())
                .filter(Outcome::isAnswer)
                .mapToLong(this::count)
                .sum();
    }

    /** Whether right passwords were refused and not one was accepted: then most likely they are not the right ones. */
    public boolean isEveryRightPasswordRefused() {
        return recorder.rightRefusedCount() > 0 && count(Outcome.OK) == 0;
    }

    /** How many of the idle connections were open at the end. */
    public int stillIdle() {
        return stillIdle;
    }

    /** Prints a table for people. */
    public void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%d connections, %s, measured for %.1f s%n",
                options.connections,
                options.keep() ? "kept" : "a new one for each request",
                seconds);
        out.printf(Locale.ROOT, "%,.1f answers/s%n", answers() / seconds);
        for (Outcome outcome : Outcome.values()) {
            if (outcome.isAnswer() || count(outcome) > 0) {
                out.printf(Locale.ROOT, "  %-14s %,12d%n", outcome.label(), count(outcome));
            }
        }
        if (stillWaiting > 0) {
            out.printf(Locale.ROOT, "  %-14s %,12d%n", "still waiting", stillWaiting);
        }
        if (options.idle > 0) {
            out.printf(Locale.ROOT, "%,d of %,d idle connections are still open%n", stillIdle, options.idle);
        }
        out.printf("latency, ms     %11s%11s%11s%11s%11s%11s%n", (Object[]) COLUMNS);
        printLatencies(out, "right password", recorder.latencies(false));
        printLatencies(out, "wrong password", recorder.latencies(true));
        out.flush();
    }

    private static void printLatencies(PrintWriter out, String title, Histogram histogram) {
        if (histogram.getTotalCount() > 0) {
            out.printf("%-16s", title);
            for (double percentile : PERCENTILES) {
                out.printf(Locale.ROOT, "%11.3f", histogram.getValueAtPercentile(percentile) / 1e6);
            }
            out.println();
        }
    }

    /** Returns one line of JSON. Times are in microseconds; latencies that were not measured are null. */
    public String toJson() {
        StringJoiner outcomes = new StringJoiner(",", "{", "}");
        for (Outcome outcome : Outcome.values()) {
            outcomes.add("\"" + outcome.label().replace(' ', '_') + "\":" + count(outcome));
        }
        return String.format(
                Locale.ROOT,
                "{\"protocol\":\"%s\",\"connections\":%d,\"keep\":%b,\"seconds\":%.3f,\"answers\":%d,"
                        + "\"answers_per_second\":%.1f,\"outcomes\":%s,\"still_waiting\":%d,\"idle\":%d,\"still_idle\":%d,"
                        + "\"latency_us\":{\"right\":%s,\"wrong\":%s}}",
                options.protocol,
                options.connections,
                options.keep(),
                seconds,
                answers(),
                answers() / seconds,
                outcomes,
                stillWaiting,
                options.idle,
                stillIdle,
                json(recorder.latencies(false)),
                json(recorder.latencies(true)));
    }

    private static String json(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return "null";
        }
        StringJoiner json = new StringJoiner(",", "{", "}");
        for (int i = 0; i < COLUMNS.length; i++) {
            double micros = histogram.getValueAtPercentile(PERCENTILES[i]) / 1e3;
            json.add(String.format(Locale.ROOT, "\"%s\":%.1f", COLUMNS[i], micros));
        }
        return json.toString();
    }
}
