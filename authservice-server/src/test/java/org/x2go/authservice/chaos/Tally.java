package org.x2go.authservice.chaos;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What peers were answered, and what they should not have been. Thread-safe. */
final class Tally {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Queue<String> findings = new ConcurrentLinkedQueue<>();

    /** Notes the answer to a question. */
    void answer(Question asked, String answer) {
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

    /** How often this was counted; "right:ok" are the right credentials that were let in. */
    long counted(String what) {
        LongAdder counted = counts.get(what);
        return counted == null ? 0 : counted.sum();
    }

    /** All that was wrong. */
    List<String> findings() {
        return List.copyOf(findings);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
