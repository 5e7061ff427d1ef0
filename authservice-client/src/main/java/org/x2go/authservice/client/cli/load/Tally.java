package org.x2go.authservice.client.cli.load;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What one thread, or all together, counted while it was measured. Not thread-safe. */
final class Tally {
    private static final int DIGITS = 3;

    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private final Histogram right = new Histogram(DIGITS);
    private final Histogram wrong = new Histogram(DIGITS);

    void count(Outcome outcome, boolean isWrong, long nanos) {
        outcomes.merge(outcome, 1L, Long::sum);
        if (outcome.isAnswer()) {
            (isWrong ? wrong : right).recordValue(nanos);
        }
    }

    void add(Tally other) {
        other.outcomes.forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
        right.add(other.right);
        wrong.add(other.wrong);
    }

    Map<Outcome, Long> outcomes() {
        return outcomes;
    }

    /** Nanoseconds from before the connection was made, or the request sent, until the answer was read. */
    Histogram latencies(boolean ofWrong) {
        return ofWrong ? wrong : right;
    }
}
