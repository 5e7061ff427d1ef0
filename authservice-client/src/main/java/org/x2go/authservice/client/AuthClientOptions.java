package org.x2go.authservice.client;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.x2go.authservice.client.transport.ServerVerifier;

/** The settings of a client, checked. */
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
        if (maxConnections < 1 || maxConnections > AuthClientBuilder.MAX_CONNECTIONS) {
            throw new IllegalArgumentException("The number of connections must be 1 to "
                    + AuthClientBuilder.MAX_CONNECTIONS + ", not " + maxConnections);
        }
    }

    Path socket() {
        return address.getPath();
    }

    private static void requireTime(String what, Duration time) {
        if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + " must be more than 0 and at most 86400 seconds");
        }
    }
}
