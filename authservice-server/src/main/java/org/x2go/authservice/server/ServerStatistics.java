package org.x2go.authservice.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.x2go.authservice.protocol.Verdict;

/**
 * Statistics of an {@link AuthServer} since its start. Immutable; a consistent snapshot that the event loop takes.
 *
 * @param connections connections of clients
 * @param waiting requests and replies that wait now
 * @param workers calls of the authenticator
 * @param rejected requests that are not counted for a service
 * @param services results of the other requests, for each allowed PAM service
 */
public record ServerStatistics(
        Connections connections, Waiting waiting, Workers workers, Rejected rejected, Map<String, OfService> services) {
    /** Copies the map. */
    public ServerStatistics {
        services = Map.copyOf(services);
    }

    /**
     * Connections of clients.
     *
     * @param open how many are open, including those that are being refused
     * @param accepted how many have been accepted
     * @param refused how many of these were refused
     */
    public record Connections(int open, long accepted, Refused refused) {}

    /**
     * Connections that were refused.
     *
     * @param overLimit how many because too many were open
     * @param notAdmitted how many because the peer is not allowed
     */
    public record Refused(long overLimit, long notAdmitted) {}

    /**
     * Requests and replies that wait.
     *
     * @param forWorker how many requests wait for a PAM thread or worker
     * @param forTurn how many wait because too many attempts for their user are pending
     * @param forDelay how many replies wait for the end of their fail delay
     */
    public record Waiting(int forWorker, int forTurn, int forDelay) {}

    /**
     * Calls of the authenticator.
     *
     * @param most how many may run at a time
     * @param busy how many are running
     * @param hung how many of these have passed their request's deadline
     */
    public record Workers(int most, int busy, int hung) {}

    /**
     * Requests that are not counted for a service.
     *
     * @param malformed how many were answered {@code bad}
     * @param disallowed how many were answered {@code fail} because they named a service that is not allowed
     */
    public record Rejected(long malformed, long disallowed) {}

    /**
     * Results of the requests for one service.
     *
     * @param verdicts the number of requests by verdict, including those that did not reach the authenticator
     * @param durations how long the authenticator took
     */
    public record OfService(Map<Verdict, Long> verdicts, Durations durations) {
        /** Copies the map. */
        public OfService {
            verdicts = Map.copyOf(verdicts);
        }
    }

    /**
     * A histogram of durations.
     *
     * @param counts the number of durations up to the bound with the same index and above the previous one; one more
     *     than bounds, for those above the last
     * @param total the sum of all durations
     */
    public record Durations(List<Long> counts, Duration total) {
        /** The bounds of the histogram, from the fastest PAM call to the timeout of a directory server. */
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

    /**
     * The number of requests with this verdict, including {@code bad} and disallowed services.
     *
     * @param verdict the verdict
     */
    public long verdicts(Verdict verdict) {
        long others = verdict == Verdict.BAD ? rejected.malformed : verdict == Verdict.FAIL ? rejected.disallowed : 0;
        return others
                + services.values().stream()
                        .mapToLong(service -> service.verdicts().getOrDefault(verdict, 0L))
                        .sum();
    }
}
