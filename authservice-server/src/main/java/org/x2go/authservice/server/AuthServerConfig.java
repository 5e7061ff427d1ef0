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
 * How an {@link AuthServer} is to run. Made by a {@link Builder}.
 *
 * @param socketPath where the socket is made
 * @param socketOwner the user that shall own the socket's file, by number, or -1 for the one that the process runs as
 * @param socketGroup the group of the socket's file, by number, or -1 for the one that the process runs as
 * @param socketMode the permission bits of the socket's file
 * @param services which PAM services may be asked for
 * @param peers which peers may ask
 * @param limits those limits that do not have their default: numbers, and times in milliseconds
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
     * The value of a limit that is a number.
     *
     * @throws IllegalArgumentException if the limit is a time
     */
    public int limit(Limit limit) {
        limit.requireTime(false);
        return Math.toIntExact(limits.getOrDefault(limit, (long) limit.defaultValue()));
    }

    /**
     * The value of a limit that is a time.
     *
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

        /**
         * The permission bits of the socket's file, 0 to 0777; 0600 unless set. Who may write to it may ask.
         */
        public Builder socketMode(int mode) {
            this.socketMode = mode;
            return this;
        }

        /** Which PAM services may be asked for; {@value ServicePolicy#DEFAULT_SERVICE} alone unless set. */
        public Builder services(ServicePolicy services) {
            this.services = services;
            return this;
        }

        /** Which peers may ask, of those whom the mode of the socket's file lets connect; all of them unless set. */
        public Builder peers(PeerPolicy peers) {
            this.peers = peers;
            return this;
        }

        /**
         * A limit, in its own unit; its default unless set.
         *
         * @throws IllegalArgumentException if the value is out of the limit's range; the message names both
         */
        public Builder limit(Limit limit, int value) {
            limit.check(value);
            limits.put(limit, limit.unit() == Limit.Unit.SECONDS ? TimeUnit.SECONDS.toMillis(value) : value);
            return this;
        }

        /**
         * A limit that is a time; its default unless set.
         *
         * @throws IllegalArgumentException if the value is out of the limit's range, or the limit is no time
         */
        public Builder limit(Limit limit, Duration value) {
            limit.requireTime(true);
            limit.check(Math.toIntExact(value.toSeconds()));
            limits.put(limit, value.toMillis());
            return this;
        }

        /**
         * The configuration as it stands now.
         *
         * @throws IllegalArgumentException if the mode has other bits
         */
        public AuthServerConfig build() {
            return new AuthServerConfig(socketPath, socketOwner, socketGroup, socketMode, services, peers, limits);
        }
    }
}
