package org.x2go.authservice.server;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.x2go.authservice.auth.AsyncAuthenticator;
import org.x2go.authservice.protocol.Verdict;

/**
 * The counters of a server. Only allowed services have counters, so that peers cannot add any. Used on the event loop,
 * without locks.
 */
final class Counters {
    private final Map<String, OfService> services = new HashMap<>();
    private long accepted;
    private long overLimit;
    private long notAdmitted;
    private long malformed;
    private long disallowed;
    private int pendingDelays;

    Counters(Iterable<String> services) {
        services.forEach(service -> this.services.put(service, new OfService()));
    }

    void accepted() {
        accepted++;
    }

    void overLimit() {
        overLimit++;
    }

    void notAdmitted() {
        notAdmitted++;
    }

    void malformed() {
        malformed++;
    }

    void verdict(String service, Verdict verdict) {
        OfService counts = services.get(service);
        if (counts == null) {
            disallowed++;
        } else {
            counts.verdicts.merge(verdict, 1L, Long::sum);
        }
    }

    /** Counts a result of the authenticator. */
    void asked(String service, Duration took) {
        OfService counts = services.get(service);
        if (counts != null) {
            counts.add(took);
        }
    }

    void delayBegun() {
        pendingDelays++;
    }

    void delayOver() {
        pendingDelays--;
    }

    ServerStatistics statistics(int connections, int workers, int awaitingTurn, AsyncAuthenticator.Load load) {
        Map<String, ServerStatistics.OfService> byService = new HashMap<>();
        services.forEach((name, counts) -> byService.put(name, counts.copy()));
        return new ServerStatistics(
                new ServerStatistics.Connections(
                        connections, accepted, new ServerStatistics.Refused(overLimit, notAdmitted)),
                new ServerStatistics.Waiting(load.waiting(), awaitingTurn, pendingDelays),
                new ServerStatistics.Workers(workers, load.running(), load.hung()),
                new ServerStatistics.Rejected(malformed, disallowed),
                byService);
    }

    private static final class OfService {
        private static final List<Duration> BOUNDS = ServerStatistics.Durations.BOUNDS;

        private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
        private final long[] counts = new long[BOUNDS.size() + 1];
        private Duration total = Duration.ZERO;

        private void add(Duration took) {
            int index = 0;
            while (index < BOUNDS.size() && took.compareTo(BOUNDS.get(index)) > 0) {
                index++;
            }
            counts[index]++;
            total = total.plus(took);
        }

        private ServerStatistics.OfService copy() {
            List<Long> copied = Arrays.stream(counts).boxed().toList();
            return new ServerStatistics.OfService(verdicts, new ServerStatistics.Durations(copied, total));
        }
    }
}
