package org.x2go.authservice.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.protocol.RequestFormat;

/**
 * How an {@link AuthServer} is to run. Immutable; made by a {@link Builder}, which checks every value once.
 *
 * @param socketPath where the socket is made
 * @param socketOwner the user that shall own the socket's file, or -1 for the one that the process runs as
 * @param socketGroup the group of the socket's file, or -1 for the one that the process runs as
 * @param socketMode the permission bits of the socket's file
 * @param services which PAM services may be asked for
 * @param workers how many requests are checked at the same time
 * @param maxQueuedRequests how many more may wait for a worker; those beyond are answered {@code error}
 * @param maxRequestBytes the longest request, its newline included
 * @param requestTimeout how long a request may take until its verdict; past it the answer is {@code error}
 * @param maxFailDelay the longest time for which a reply is held back, however long PAM asks for
 * @param maxPendingFailures how many attempts for one user, asked by one peer user, may be running or waiting out their fail
 *     delay; 0 for any number
 * @param peers which peers may ask
 * @param maxConnections how many connections may be open; one more is answered {@code error} and closed
 * @param sendTimeout how long a peer may take to finish a request that it has begun, or to read a reply
 * @param idleTimeout how long a connection may wait between requests; zero for ever
 * @param maxUnreadBytes how much of what peers sent ahead may be kept in memory, all connections together
 * @param stopGrace how long {@link AuthServer#close} waits for requests in flight
 */
public record AuthServerConfig(
        Path socketPath,
        int socketOwner,
        int socketGroup,
        int socketMode,
        ServicePolicy services,
        int workers,
        int maxQueuedRequests,
        int maxRequestBytes,
        Duration requestTimeout,
        Duration maxFailDelay,
        int maxPendingFailures,
        PeerPolicy peers,
        int maxConnections,
        Duration sendTimeout,
        Duration idleTimeout,
        int maxUnreadBytes,
        Duration stopGrace) {
    /** Starts from the defaults; only the socket's path must be given. */
    public static Builder builder(Path socketPath) {
        return new Builder(socketPath);
    }

    /** Collects the values of a configuration. Not thread-safe. */
    public static final class Builder {
        private final Path socketPath;
        private int socketOwner = -1;
        private int socketGroup = -1;
        private int socketMode = 0600;
        private ServicePolicy services = ServicePolicy.allowing(Set.of(ServicePolicy.DEFAULT_SERVICE));
        private int workers = defaultWorkers();
        private int maxQueuedRequests = 10_000;
        private int maxRequestBytes = RequestFormat.DEFAULT_MAX_REQUEST_BYTES;
        private Duration requestTimeout = Duration.ofSeconds(60);
        private Duration maxFailDelay = Duration.ofSeconds(10);
        private int maxPendingFailures = 5;
        private PeerPolicy peers = PeerPolicy.anyone();
        private int maxConnections = 16_384;
        private Duration sendTimeout = Duration.ofSeconds(10);
        private Duration idleTimeout = Duration.ZERO;
        private int maxUnreadBytes = 16 << 20;
        private Duration stopGrace = Duration.ofSeconds(10);

        private Builder(Path socketPath) {
            this.socketPath = socketPath;
        }

        /** The user that shall own the socket's file, by number; the one that the process runs as, unless set. */
        public Builder socketOwner(int uid) {
            this.socketOwner = uid;
            return this;
        }

        /** The group of the socket's file, by number; the one that the process runs as, unless set. */
        public Builder socketGroup(int gid) {
            this.socketGroup = gid;
            return this;
        }

        /** The permission bits of the socket's file, 0 to 0777; 0600 unless set. Who may write to it may ask. */
        public Builder socketMode(int mode) {
            this.socketMode = inRange("The mode of the socket's file", mode, 0, 0777);
            return this;
        }

        /** Which PAM services may be asked for; {@value ServicePolicy#DEFAULT_SERVICE} alone unless set. */
        public Builder services(ServicePolicy services) {
            this.services = services;
            return this;
        }

        /** How many requests are checked at the same time, 1 to 1024; {@link #defaultWorkers} unless set. */
        public Builder workers(int workers) {
            this.workers = inRange("The number of workers", workers, 1, 1024);
            return this;
        }

        /** How many requests may wait for a worker, 1 to 1,000,000; 10,000 unless set. */
        public Builder maxQueuedRequests(int requests) {
            this.maxQueuedRequests = inRange("The number of queued requests", requests, 1, 1_000_000);
            return this;
        }

        /** The longest request in bytes, its newline included, 64 to 1,048,576; 4096 unless set. */
        public Builder maxRequestBytes(int bytes) {
            this.maxRequestBytes = inRange("The longest request in bytes", bytes, 64, 1 << 20);
            return this;
        }

        /** How long a request may take until its verdict, 1 second to 1 hour; 60 seconds unless set. */
        public Builder requestTimeout(Duration timeout) {
            this.requestTimeout =
                    inRange("The time for a request", timeout, Duration.ofSeconds(1), Duration.ofHours(1));
            return this;
        }

        /** The longest time for which a reply is held back, at most 5 minutes; 10 seconds unless set. */
        public Builder maxFailDelay(Duration delay) {
            this.maxFailDelay = inRange("The longest fail delay", delay, Duration.ZERO, Duration.ofMinutes(5));
            return this;
        }

        /** How many attempts for one user, asked by one peer user, may be running or waiting out their fail delay, at most 1000;
         * 5 unless set, 0 for any number. Further ones wait up to 10 seconds for their turn. */
        public Builder maxPendingFailures(int attempts) {
            this.maxPendingFailures = inRange("The number of pending failures", attempts, 0, 1000);
            return this;
        }

        /** Which peers may ask, of those whom the mode of the socket's file lets connect; all of them unless set. */
        public Builder peers(PeerPolicy peers) {
            this.peers = peers;
            return this;
        }

        /** How many connections may be open, 1 to 1,000,000; 16,384 unless set; fewer if the limit of open files
         * would leave too few for the authenticator. */
        public Builder maxConnections(int connections) {
            this.maxConnections = inRange("The number of connections", connections, 1, 1_000_000);
            return this;
        }

        /** How long a peer may take to finish a request that it has begun, or to read a reply, 1 second to 1 hour; 10 seconds
         * unless set. */
        public Builder sendTimeout(Duration timeout) {
            this.sendTimeout =
                    inRange("The time to send a request", timeout, Duration.ofSeconds(1), Duration.ofHours(1));
            return this;
        }

        /** How long a connection may wait between requests, at most a day; for ever, which is zero, unless set. */
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = inRange("The idle time", timeout, Duration.ZERO, Duration.ofDays(1));
            return this;
        }

        /** How many bytes that peers sent ahead may be kept in memory, all connections together, 1 MiB to 1 GiB; 16 MiB unless set.
         * When there are more, a connection that holds more than its next request is answered {@code error} and closed. */
        public Builder maxUnreadBytes(int bytes) {
            this.maxUnreadBytes = inRange("The number of unread bytes", bytes, 1 << 20, 1 << 30);
            return this;
        }

        /** How long {@link AuthServer#close} waits for requests in flight; 10 seconds unless set. */
        public Builder stopGrace(Duration grace) {
            this.stopGrace = inRange("The grace time", grace, Duration.ZERO, Duration.ofHours(1));
            return this;
        }

        /** The configuration as it stands now. */
        public AuthServerConfig build() {
            return new AuthServerConfig(
                    socketPath,
                    socketOwner,
                    socketGroup,
                    socketMode,
                    services,
                    workers,
                    maxQueuedRequests,
                    maxRequestBytes,
                    requestTimeout,
                    maxFailDelay,
                    maxPendingFailures,
                    peers,
                    maxConnections,
                    sendTimeout,
                    idleTimeout,
                    maxUnreadBytes,
                    stopGrace);
        }

        private static String text(Object value) {
            return value instanceof Duration time ? time.toSeconds() + " s" : value.toString();
        }

        private static <T extends Comparable<T>> T inRange(String what, T value, T least, T most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        what + " must be " + text(least) + " to " + text(most) + ", not " + text(value));
            }
            return value;
        }
    }

    /** Enough workers that a few slow logins hold up nobody, and few enough that hashing fits into memory. */
    public static int defaultWorkers() {
        return Math.max(8, 2 * Runtime.getRuntime().availableProcessors());
    }
}
