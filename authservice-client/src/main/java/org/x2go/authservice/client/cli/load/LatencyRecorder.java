package org.x2go.authservice.client.cli.load;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Counts requests by outcome, and records their latencies while a measurement is on. Thread-safe. */
final class LatencyRecorder {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final LongAdder started = new LongAdder();
    private final LongAdder finished = new LongAdder();
    private final LongAdder rightRefused = new LongAdder();
    private final Map<Outcome, LongAdder> outcomes = new ConcurrentHashMap<>();
    private final Histogram right = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
    private final Histogram wrong = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
    private volatile boolean measuring;

    /** Whether what finishes from now on belongs to the measurement. */
    void setMeasuring(boolean on) {
        measuring = on;
    }

    void started() {
        started.increment();
    }

    void finished(Outcome outcome, boolean wrongPassword, long nanos) {
        finished.increment();
        if (!measuring) {
            return;
        }
        if (outcome == Outcome.FAIL && !wrongPassword) {
            rightRefused.increment();
        }
        count(outcome).increment();
        if (outcome.isAnswer()) {
            (wrongPassword ? wrong : right).recordValue(nanos);
        }
    }

    /** How many requests have finished, measured or not. */
    long finishedCount() {
        return finished.sum();
    }

    /** How many requests wait for an answer. */
    long waitingCount() {
        return started.sum() - finished.sum();
    }

    /** How many requests with this outcome were measured. */
    long outcomeCount(Outcome outcome) {
        return count(outcome).sum();
    }

    private LongAdder count(Outcome outcome) {
        return outcomes.computeIfAbsent(outcome, first -> new LongAdder());
    }

    /** How many right passwords were refused. */
    long rightRefusedCount() {
        return rightRefused.sum();
    }

    /** Nanoseconds until the answer, from before connecting (if the connection is new) or else from before sending. */
    Histogram latencies(boolean ofWrong) {
        return ofWrong ? wrong : right;
    }
}
