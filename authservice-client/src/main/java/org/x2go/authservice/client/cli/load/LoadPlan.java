package org.x2go.authservice.client.cli.load;

import java.nio.file.Path;
import java.time.Duration;
import org.x2go.authservice.client.transport.ServerVerifier;

/**
 * What load is put on which service.
 *
 * @param socket the service's socket
 * @param verifier who may serve it
 * @param protocol how it is asked
 * @param user who logs in; {@code %d} stands for the number of the connection, from 1 on
 * @param service the PAM service
 * @param connections how many connections ask at the same time, each its next request when the one before was answered
 * @param keep whether connections are kept; otherwise each request has its own
 * @param idle how many more connections are open and ask nothing
 * @param wrongPercent how many of a hundred requests have a wrong password, spread evenly
 * @param warmup how long the load runs before it is measured
 * @param duration how long it is measured
 */
public record LoadPlan(
        Path socket,
        ServerVerifier verifier,
        Protocol protocol,
        String user,
        String service,
        int connections,
        boolean keep,
        int idle,
        int wrongPercent,
        Duration warmup,
        Duration duration) {
    private static final int MOST_CONNECTIONS = 10_000;
    private static final int MOST_IDLE = 1_000_000;
    private static final int MOST_SECONDS = 86_400;

    /** Checks the ranges. */
    public LoadPlan {
        require(connections >= 1 && connections <= MOST_CONNECTIONS, "--connections must be 1 to " + MOST_CONNECTIONS);
        require(idle >= 0 && idle <= MOST_IDLE, "--idle must be 0 to " + MOST_IDLE);
        require(wrongPercent >= 0 && wrongPercent <= 100, "--wrong-share must be 0 to 100");
        require(warmup.toSeconds() >= 0 && warmup.toSeconds() <= MOST_SECONDS, "--warmup must be 0 to " + MOST_SECONDS);
        require(
                duration.toSeconds() >= 1 && duration.toSeconds() <= MOST_SECONDS,
                "--duration must be 1 to " + MOST_SECONDS);
        require(
                !keep || protocol.allowsKeptConnections(),
                "saslauthd answers one request on a connection: --keep cannot be used");
    }

    private static void require(boolean met, String message) {
        if (!met) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Who logs in on a connection. */
    String user(int connection) {
        return user.replace("%d", Integer.toString(connection));
    }
}
