package org.x2go.authservice.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.x2go.authservice.protocol.Verdict;

/**
 * What an {@link AuthServer} is doing, and has done since it was started. Immutable, and of one instant: it is taken on the
 * server's event loop.
 *
 * @param connections its peers' connections
 * @param waiting what waits now
 * @param workers what asks the authenticator now
 * @param rejected requests that are no service's
 * @param services what came of the other requests, by PAM service: each service that is allowed, and no other
 */
public record ServerStatistics(
        Connections connections, Waiting waiting, Workers workers, Rejected rejected, Map<String, OfService> services) {
    /** Copies the map. */
    public ServerStatistics {
        services = Map.copyOf(services);
    }

    /**
     * The connections of peers.
     *
     * @param open how many are open, those that are being refused included
     * @param accepted how many have been accepted
     * @param refused how many of these were refused
     */
    public record Connections(int open, long accepted, Refused refused) {}

    /**
     * Connections that were refused.
     *
     * @param overLimit how many because too many were open
     * @param notAdmitted how many because of who their peer was
     */
    public record Refused(long overLimit, long notAdmitted) {}

    /**
     * What waits.
     *
     * @param forWorker how many requests wait for a worker
     * @param forTurn how many wait because too many attempts for their user are pending
     * @param forDelay how many replies are held back until their fail delay is over
     */
    public record Waiting(int forWorker, int forTurn, int forDelay) {}

    /**
     * The workers that ask the authenticator.
     *
     * @param most how many there may be
     * @param busy how many are asking
     * @param hung how many of these have not come back by their request's deadline
     */
    public record Workers(int most, int busy, int hung) {}

    /**
     * Requests that are no service's.
     *
     * @param malformed how many were answered {@code bad}
     * @param disallowed how many were answered {@code fail} because they named a service that is not allowed
     */
    public record Rejected(long malformed, long disallowed) {}

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
        long others = verdict == Verdict.BAD ? rejected.malformed : verdict == Verdict.FAIL ? rejected.disallowed : 0;
        return others
                + services.values().stream()
                        .mapToLong(service -> service.verdicts().getOrDefault(verdict, 0L))
                        .sum();
    }
}
