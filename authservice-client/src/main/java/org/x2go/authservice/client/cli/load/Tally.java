package org.x2go.authservice.client.cli.load;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What one thread, or all together, counted while it was measured. Not thread-safe. */
final class Tally {
    private static final int DIGITS = 3;

    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private long rightRefused;
    private final Histogram right = new Histogram(DIGITS);
    private final Histogram wrong = new Histogram(DIGITS);

    void count(Outcome outcome, boolean isWrong, long nanos) {
        if (outcome == Outcome.FAIL && !isWrong) {
            rightRefused++;
        }
        outcomes.merge(outcome, 1L, Long::sum);
        if (outcome.isAnswer()) {
            (isWrong ? wrong : right).recordValue(nanos);
        }
    }

    void add(Tally other) {
        rightRefused += other.rightRefused;
        other.outcomes.forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
        right.add(other.right);
        wrong.add(other.wrong);
    }

    Map<Outcome, Long> outcomes() {
        return outcomes;
    }

    /** How many right passwords were refused. */
    long rightRefused() {
        return rightRefused;
    }

    /** Nanoseconds from before the connection was made, or the request sent, until the answer was read. */
    Histogram latencies(boolean ofWrong) {
        return ofWrong ? wrong : right;
    }
}
