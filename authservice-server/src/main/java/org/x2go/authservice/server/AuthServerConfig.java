package org.x2go.authservice.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.auth.ServicePolicy;

/** How an {@link AuthServer} is to run. Immutable; made by a {@link Builder}, which checks every value once. */
public final class AuthServerConfig {
    private static final int ALL_PERMISSIONS = 0777;

    private final Path socketPath;
    private final int socketOwner;
    private final int socketGroup;
    private final int socketMode;
    private final ServicePolicy services;
    private final PeerPolicy peers;
    private final Map<Limit, Duration> times;
    private final Map<Limit, Integer> counts;

    private AuthServerConfig(Builder builder) {
        this.socketPath = builder.socketPath;
        this.socketOwner = builder.socketOwner;
        this.socketGroup = builder.socketGroup;
        this.socketMode = builder.socketMode;
        this.services = builder.services;
        this.peers = builder.peers;
        this.times = new EnumMap<>(builder.times);
        this.counts = new EnumMap<>(builder.counts);
    }

    /** Starts from the defaults; only the socket's path must be given. */
    public static Builder builder(Path socketPath) {
        return new Builder(socketPath);
    }

    /** Where the socket is made. */
    public Path socketPath() {
        return socketPath;
    }

    /** The user that shall own the socket's file, by number, or -1 for the one that the process runs as. */
    public int socketOwner() {
        return socketOwner;
    }

    /** The group of the socket's file, by number, or -1 for the one that the process runs as. */
    public int socketGroup() {
        return socketGroup;
    }

    /** The permission bits of the socket's file. */
    public int socketMode() {
        return socketMode;
    }

    /** Which PAM services may be asked for. */
    public ServicePolicy services() {
        return services;
    }

    /** Which peers may ask. */
    public PeerPolicy peers() {
        return peers;
    }

    /**
     * The value of a limit that is a number.
     *
     * @throws IllegalArgumentException if the limit is a time
     */
    public int limit(Limit limit) {
        limit.requireTime(false);
        return counts.getOrDefault(limit, limit.defaultValue());
    }

    /**
     * The value of a limit that is a time.
     *
     * @throws IllegalArgumentException if the limit is a number
     */
    public Duration time(Limit limit) {
        limit.requireTime(true);
        Duration time = times.get(limit);
        return time == null ? Duration.ofSeconds(limit.defaultValue()) : time;
    }

    /** Collects the values of a configuration. Not thread-safe. */
    public static final class Builder {
        private final Path socketPath;
        private int socketOwner = -1;
        private int socketGroup = -1;
        private int socketMode = 0600;
        private ServicePolicy services = ServicePolicy.allowing(Set.of(ServicePolicy.DEFAULT_SERVICE));
        private PeerPolicy peers = PeerPolicy.anyone();
        private final Map<Limit, Duration> times = new EnumMap<>(Limit.class);
        private final Map<Limit, Integer> counts = new EnumMap<>(Limit.class);

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
         *
         * @throws IllegalArgumentException if there are other bits in it
         */
        public Builder socketMode(int mode) {
            if ((mode & ~ALL_PERMISSIONS) != 0) {
                throw new IllegalArgumentException(
                        "The mode of the socket's file must be 0 to 0777, not 0" + Integer.toOctalString(mode));
            }
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
            if (limit.unit() == Limit.Unit.SECONDS) {
                times.put(limit, Duration.ofSeconds(value));
            } else {
                counts.put(limit, value);
            }
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
            times.put(limit, value);
            return this;
        }

        /** The configuration as it stands now. */
        public AuthServerConfig build() {
            return new AuthServerConfig(this);
        }
    }
}
