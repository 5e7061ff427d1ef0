package org.x2go.authservice.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.auth.ServicePolicy;

/**
 * The configuration of an {@link AuthServer}, created by a {@link Builder}. Immutable and thread-safe.
 *
 * @param socketPath the path of the socket
 * @param socketOwner the owner of the socket's file by number, or -1 for the process's user
 * @param socketGroup the group of the socket's file by number, or -1 for the process's group
 * @param socketMode the permission bits of the socket's file
 * @param services the PAM services that clients may use
 * @param peers the peers that may send requests
 * @param limits the limits that differ from their default; times in milliseconds
 */
public record AuthServerConfig(
        Path socketPath,
        int socketOwner,
        int socketGroup,
        int socketMode,
        ServicePolicy services,
        PeerPolicy peers,
        Map<Limit, Long> limits) {
    private static final int ALL_PERMISSIONS = 0777;

    /** Checks the socket's mode, and copies the limits. */
    public AuthServerConfig {
        if ((socketMode & ~ALL_PERMISSIONS) != 0) {
            throw new IllegalArgumentException(
                    "The mode of the socket's file must be 0 to 0777, not 0" + Integer.toOctalString(socketMode));
        }
        limits = Map.copyOf(limits);
    }

    /** Starts from the defaults; only the socket's path must be given. */
    public static Builder builder(Path socketPath) {
        return new Builder(socketPath);
    }

    /**
     * The value of a limit that is a number: a count or bytes.
     *
     * @param limit a limit whose unit is {@code COUNT} or {@code BYTES}
     * @throws IllegalArgumentException if the limit is a time
     */
    public int limit(Limit limit) {
        limit.requireTime(false);
        return Math.toIntExact(limits.getOrDefault(limit, (long) limit.defaultValue()));
    }

    /**
     * The value of a limit that is a time.
     *
     * @param limit a limit whose unit is {@code SECONDS}
     * @throws IllegalArgumentException if the limit is a number
     */
    public Duration time(Limit limit) {
        limit.requireTime(true);
        Long millis = limits.get(limit);
        return millis == null ? Duration.ofSeconds(limit.defaultValue()) : Duration.ofMillis(millis);
    }

    /** Collects the values of a configuration. Not thread-safe. */
    public static final class Builder {
        private final Path socketPath;
        private int socketOwner = -1;
        private int socketGroup = -1;
        private int socketMode = 0600;
        private ServicePolicy services = ServicePolicy.allowing(Set.of(ServicePolicy.DEFAULT_SERVICE));
        private PeerPolicy peers = PeerPolicy.anyone();
        private final Map<Limit, Long> limits = new EnumMap<>(Limit.class);

        private Builder(Path socketPath) {
            this.socketPath = socketPath;
        }

        /**
         * Sets the owner of the socket's file by number. Default: the process's user.
         *
         * @param uid the user id; -1 for the process's user
         */
        public Builder socketOwner(int uid) {
            this.socketOwner = uid;
            return this;
        }

        /**
         * Sets the group of the socket's file by number. Default: the process's group.
         *
         * @param gid the group id; -1 for the process's group
         */
        public Builder socketGroup(int gid) {
            this.socketGroup = gid;
            return this;
        }

        /**
         * Sets the permission bits of the socket's file, 0 to 0777. Users who may write to it may send requests.
         * Default: 0600.
         *
         * @param mode the mode, for example {@code 0660}
         */
        public Builder socketMode(int mode) {
            this.socketMode = mode;
            return this;
        }

        /**
         * Sets the PAM services that clients may use. Default: {@value ServicePolicy#DEFAULT_SERVICE} alone.
         *
         * @param services the allowed services
         */
        public Builder services(ServicePolicy services) {
            this.services = services;
            return this;
        }

        /**
         * Sets which peers may send requests, of those that may connect by the mode of the socket's file. Default:
         * all.
         *
         * @param peers the admitted peers
         */
        public Builder peers(PeerPolicy peers) {
            this.peers = peers;
            return this;
        }

        /**
         * Sets a limit, in its own unit ({@link Limit#unit}).
         *
         * @param limit the limit
         * @param value its value: a count, bytes or seconds
         * @throws IllegalArgumentException if the value is out of the limit's range; the message names both
         */
        public Builder limit(Limit limit, int value) {
            limit.check(value);
            limits.put(limit, limit.unit() == Limit.Unit.SECONDS ? TimeUnit.SECONDS.toMillis(value) : value);
            return this;
        }

        /**
         * Sets a limit that is a time.
         *
         * @param limit a limit whose unit is {@code SECONDS}
         * @param value its value
         * @throws IllegalArgumentException if the value is out of the limit's range, or the limit is not a time
         */
        public Builder limit(Limit limit, Duration value) {
            limit.requireTime(true);
            limit.check(Math.toIntExact(value.toSeconds()));
            limits.put(limit, value.toMillis());
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @throws IllegalArgumentException if the socket's mode is out of range
         */
        public AuthServerConfig build() {
            return new AuthServerConfig(socketPath, socketOwner, socketGroup, socketMode, services, peers, limits);
        }
    }
}
