package org.x2go.authservice.client;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.x2go.authservice.client.transport.ServerVerifier;

/** What a client was built with, checked once. */
record AuthClientOptions(
        UnixDomainSocketAddress address,
        ServerVerifier verifier,
        Duration timeout,
        int maxConnections,
        Duration idleTime) {
    private static final Duration LONGEST = Duration.ofDays(1);

    AuthClientOptions {
        requireTime("The timeout", timeout);
        requireTime("The idle time", idleTime);
        if (maxConnections < 1 || maxConnections > AuthClientBuilder.MOST_CONNECTIONS) {
            throw new IllegalArgumentException("The number of connections must be 1 to "
                    + AuthClientBuilder.MOST_CONNECTIONS + ", not " + maxConnections);
        }
    }

    Path socket() {
        return address.getPath();
    }

    private static void requireTime(String what, Duration time) {
        if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + " must be positive and at most a day, not " + time);
        }
    }
}
