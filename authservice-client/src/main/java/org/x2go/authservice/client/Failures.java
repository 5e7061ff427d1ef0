package org.x2go.authservice.client;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.x2go.authservice.client.AuthServiceException.Kind;
import org.x2go.authservice.client.transport.UntrustedServerException;

/** Words for what can go wrong, for the people who have to set it right. */
final class Failures {
    /** The room that a socket's path has, without the NUL behind it; see unix(7). */
    private static final int MOST_PATH_BYTES = 107;

    private Failures() {}

    /** Finds out why a connection could not be made: the system's own words are in the process's language. */
    static AuthServiceException cannotConnect(Path socket, IOException cause) {
        String message;
        if (bytes(socket) > MOST_PATH_BYTES) {
            message = "The path " + socket + " has " + bytes(socket) + " bytes, of which the system takes "
                    + MOST_PATH_BYTES + " at most for a socket: give the service a shorter one, and name that";
        } else if (Files.notExists(socket)) {
            message = "There is no service at " + socket + ": is x2gobroker-authservice running?";
        } else if (!Files.isWritable(socket)) {
            message = "Permission to use " + socket
                    + " is denied: may this process's user write to the socket? (group x2gobroker)";
        } else if (cause instanceof ConnectException) {
            message = "Nobody listens at " + socket + ": is x2gobroker-authservice running?";
        } else {
            message = "The service at " + socket + " cannot be reached: " + cause.getMessage();
        }
        return new AuthServiceException(Kind.UNAVAILABLE, message, cause);
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    static AuthServiceException untrustedServer(UntrustedServerException cause) {
        return new AuthServiceException(Kind.UNTRUSTED_SERVER, String.valueOf(cause.getMessage()), cause);
    }

    static AuthServiceException connectionLost(Path socket, IOException cause) {
        return new AuthServiceException(
                Kind.CONNECTION_LOST,
                "The service at " + socket + " ended the connection without an answer: did it crash or restart?",
                cause);
    }

    static AuthServiceException notAnAnswer(Path socket) {
        return new AuthServiceException(
                Kind.PROTOCOL,
                "What listens at " + socket + " did not send an answer of the protocol: is it x2gobroker-authservice?");
    }

    static AuthServiceException malformed(Path socket) {
        return new AuthServiceException(
                Kind.PROTOCOL, "The service at " + socket + " could not read the request: is it of another version?");
    }

    static AuthServiceException noVerdict(Path socket) {
        return new AuthServiceException(
                Kind.NO_VERDICT, "The service at " + socket + " could not reach a verdict: its log says why");
    }

    static AuthServiceException timedOut(Path socket, Duration timeout) {
        return new AuthServiceException(
                Kind.TIMEOUT, "The service at " + socket + " did not answer within " + seconds(timeout));
    }

    static AuthServiceException allBusy(Path socket, int connections, Duration timeout) {
        String who = connections == 1 ? "The one connection" : "All " + connections + " connections";
        return new AuthServiceException(
                Kind.TIMEOUT, who + " to the service at " + socket + " stayed busy for " + seconds(timeout));
    }

    static AuthServiceException clientClosed(Path socket) {
        return new AuthServiceException(Kind.CLIENT_CLOSED, "The client of the service at " + socket + " was closed");
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
