package org.x2go.authservice.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.x2go.authservice.protocol.Verdict;

/**
 * What an {@link AuthServer} is doing, and has done since it was started. Immutable, and of one instant: it is taken on the
 * server's event loop.
 *
 * @param connections how many connections are open, those that are being refused included
 * @param acceptedConnections how many have been accepted
 * @param connectionsOverLimit how many of these were refused because too many were open
 * @param peersNotAdmitted how many of these were refused because of who their peer was
 * @param queuedRequests how many requests wait for a worker
 * @param requestsAwaitingTurn how many wait because too many attempts for their user are pending
 * @param pendingDelays how many replies are held back until their fail delay is over
 * @param workers how many workers there may be
 * @param busyWorkers how many of them are asking the authenticator
 * @param stuckWorkers how many of these have not come back by their request's deadline
 * @param malformedRequests how many requests were answered {@code bad}
 * @param disallowedRequests how many were answered {@code fail} because they named a service that is not allowed
 * @param services what came of the other requests, by PAM service: each service that is allowed, and no other
 */
public record ServerStatistics(
        int connections,
        long acceptedConnections,
        long connectionsOverLimit,
        long peersNotAdmitted,
        int queuedRequests,
        int requestsAwaitingTurn,
        int pendingDelays,
        int workers,
        int busyWorkers,
        int stuckWorkers,
        long malformedRequests,
        long disallowedRequests,
        Map<String, OfService> services) {
    /** Copies the map. */
    public ServerStatistics {
        services = Map.copyOf(services);
    }

    /**
     * What came of the requests for one service.
     *
     * @param verdicts how many there were of each verdict, those that were not asked of the authenticator included
     * @param durations how long the authenticator took
     */
    public record OfService(Map<Verdict, Long> verdicts, Durations durations) {
        /** Copies the map. */
        public OfService {
            verdicts = Map.copyOf(verdicts);
        }
    }

    /**
     * How often something took how long.
     *
     * @param counts how many took at most as long as the bound of the same place, and longer than the one before; one more
     *     than there are bounds, for those that took longer than the last
     * @param total the sum of all
     */
    public record Durations(List<Long> counts, Duration total) {
        /** The bounds: from what PAM needs at its fastest to the time after which a directory server has failed. */
        public static final List<Duration> BOUNDS = List.of(
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60));

        /** Copies the list. */
        public Durations {
            counts = List.copyOf(counts);
        }
    }

    /** How many requests had this verdict, {@code bad} and those for services that are not allowed included. */
    public long verdicts(Verdict verdict) {
        long others = verdict == Verdict.BAD ? malformedRequests : verdict == Verdict.FAIL ? disallowedRequests : 0;
        return others
                + services.values().stream()
                        .mapToLong(service -> service.verdicts().getOrDefault(verdict, 0L))
                        .sum();
    }
}
