package org.x2go.authservice.client;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.x2go.authservice.client.AuthServiceException.Kind;
import org.x2go.authservice.client.transport.UntrustedServerException;

/** The client's exceptions, with messages for administrators. */
final class Failures {
    /** The longest path of a socket, without its NUL; see unix(7). */
    private static final int MAX_PATH_BYTES = 107;

    private Failures() {}

    /** Finds out why a connection failed, not by the system's own text, which depends on the locale. */
    static AuthServiceException cannotConnect(Path socket, IOException cause) {
        String message;
        if (bytes(socket) > MAX_PATH_BYTES) {
            message = "The socket's path " + socket + " has " + bytes(socket) + " bytes, and the system allows "
                    + MAX_PATH_BYTES + ": give the service a shorter path";
        } else if (Files.notExists(socket)) {
            message = "There is no socket " + socket + ": start x2gobroker-authservice, or set the path of its socket";
        } else if (!Files.isWritable(socket)) {
            message = "Permission denied: " + socket
                    + ". Add this program's user to the group that may write to it (x2gobroker)";
        } else if (cause instanceof ConnectException) {
            message = "No process listens on " + socket + ": start x2gobroker-authservice";
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
                "The service at " + socket
                        + " closed the connection without an answer: its log tells of a crash or restart",
                cause);
    }

    static AuthServiceException notAnAnswer(Path socket) {
        return new AuthServiceException(
                Kind.PROTOCOL,
                "The server at " + socket
                        + " did not send an answer of the protocol: check that it is x2gobroker-authservice");
    }

    static AuthServiceException malformed(Path socket) {
        return new AuthServiceException(
                Kind.PROTOCOL,
                "The service at " + socket
                        + " rejected the request as malformed: check that it has the client's version");
    }

    static AuthServiceException noVerdict(Path socket) {
        return new AuthServiceException(
                Kind.NO_VERDICT, "The service at " + socket + " reached no verdict: see its log");
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
