package org.x2go.authservice.chaos;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Counts replies by word, and collects wrong ones. Thread-safe. */
final class ReplyCounts {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Queue<String> findings = new ConcurrentLinkedQueue<>();

    /** Records the answer to a request. */
    void record(ChaosRequest asked, String answer) {
        count(asked.answers().contains("ok") ? "right:" + answer : answer);
        if (!asked.answers().contains(answer)) {
            finding("\"" + answer + "\" answered " + asked);
        }
    }

    void count(String what) {
        counts.computeIfAbsent(what, none -> new LongAdder()).increment();
    }

    void finding(String what) {
        findings.add(what);
    }

    /** The count of a word; "right:ok" counts right credentials that were accepted. */
    long counted(String what) {
        LongAdder counted = counts.get(what);
        return counted == null ? 0 : counted.sum();
    }

    /** The wrong replies and other findings. */
    List<String> findings() {
        return List.copyOf(findings);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
