package org.x2go.authservice.client.cli.load;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;
import org.HdrHistogram.Histogram;

/** What a run measured. */
public final class LoadResult {
    private static final String[] COLUMNS = {"min", "p50", "p90", "p99", "p99.9", "max"};

    private final LoadPlan plan;
    private final Duration measured;
    private final Tally tally;
    private final int unanswered;
    private final int stillIdle;

    LoadResult(LoadPlan plan, Duration measured, Tally tally, int unanswered, int stillIdle) {
        this.plan = plan;
        this.measured = measured;
        this.tally = tally;
        this.unanswered = unanswered;
        this.stillIdle = stillIdle;
    }

    /** How many requests with this outcome were measured. */
    public long count(Outcome outcome) {
        return tally.outcomes().getOrDefault(outcome, 0L);
    }

    /** How many requests were answered, whatever the verdict. */
    public long answers() {
        return tally.outcomes().entrySet().stream()
                .filter(entry -> entry.getKey().isAnswer())
                .mapToLong(entry -> entry.getValue())
                .sum();
    }

    /** Whether right passwords were refused and not one was accepted: then most likely they are not the right ones. */
    public boolean isEveryRightPasswordRefused() {
        return tally.rightRefused() > 0 && count(Outcome.OK) == 0;
    }

    /** How many of the idle connections were open at the end. */
    public int stillIdle() {
        return stillIdle;
    }

    private double seconds() {
        return measured.toNanos() / 1e9;
    }

    /** For people. */
    public void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%d connections, %s, measured for %.1f s%n",
                plan.connections(),
                plan.keep() ? "kept" : "a new one for each request",
                seconds());
        out.printf(Locale.ROOT, "%,.1f answers/s%n", answers() / seconds());
        for (Outcome outcome : Outcome.values()) {
            if (outcome.isAnswer() || count(outcome) > 0) {
                out.printf(Locale.ROOT, "  %-14s %,12d%n", outcome.label(), count(outcome));
            }
        }
        if (unanswered > 0) {
            out.printf(Locale.ROOT, "  %-14s %,12d%n", "still waiting", unanswered);
        }
        if (plan.idle() > 0) {
            out.printf(Locale.ROOT, "%,d of %,d idle connections are still open%n", stillIdle, plan.idle());
        }
        printLatencies(out);
        out.flush();
    }

    private void printLatencies(PrintWriter out) {
        out.printf("%-16s", "latency, ms");
        for (String column : COLUMNS) {
            out.printf("%11s", column);
        }
        out.println();
        for (boolean wrong : new boolean[] {false, true}) {
            if (tally.latencies(wrong).getTotalCount() > 0) {
                out.printf("%-16s", wrong ? "wrong password" : "right password");
                for (double micros : micros(tally.latencies(wrong))) {
                    out.printf(Locale.ROOT, "%11.3f", micros / 1e3);
                }
                out.println();
            }
        }
    }

    /** For machines: one line of JSON. Times are in microseconds; latencies that were not measured are null. */
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
                plan.protocol().name().toLowerCase(Locale.ROOT),
                plan.connections(),
                plan.keep(),
                seconds(),
                answers(),
                answers() / seconds(),
                outcomes,
                unanswered,
                plan.idle(),
                stillIdle,
                json(tally.latencies(false)),
                json(tally.latencies(true)));
    }

    private static String json(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return "null";
        }
        double[] micros = micros(histogram);
        StringJoiner json = new StringJoiner(",", "{", "}");
        for (int i = 0; i < COLUMNS.length; i++) {
            json.add(String.format(Locale.ROOT, "\"%s\":%.1f", COLUMNS[i], micros[i]));
        }
        return json.toString();
    }

    private static double[] micros(Histogram nanos) {
        long[] values = {
            nanos.getMinValue(),
            nanos.getValueAtPercentile(50),
            nanos.getValueAtPercentile(90),
            nanos.getValueAtPercentile(99),
            nanos.getValueAtPercentile(99.9),
            nanos.getMaxValue()
        };
        double[] micros = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            micros[i] = values[i] / 1e3;
        }
        return micros;
    }
}
