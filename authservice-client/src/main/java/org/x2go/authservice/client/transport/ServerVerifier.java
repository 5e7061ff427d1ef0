package org.x2go.authservice.client.transport;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that a trusted user serves a socket: root, this process's own user, or one more user that the caller named. It is
 * what libpq calls {@code requirepeer}.
 *
 * <p>SO_PEERCRED (unix(7)) gives the user who called listen(2) on the socket. It belongs to the connection and not to a path,
 * so it does not matter who may replace the socket's file, nor when.
 *
 * <p>Users are compared by their UIDs. To learn the UID of the connection's user the JDK looks up the names of that user and
 * group as well. Immutable.
 */
public final class ServerVerifier {
    /** The environment variable that names one more trusted user. */
    public static final String VARIABLE = "X2GOBROKER_AUTHSERVICE_SERVER_USER";

    private final @Nullable String allowed;

    private ServerVerifier(@Nullable String allowed) {
        this.allowed = allowed;
    }

    /**
     * Returns a verifier.
     *
     * @param configured the name or UID of one more trusted user, or null
     * @param environment the value of {@link #VARIABLE}, which counts if {@code configured} is null; may be null or empty
     * @throws IllegalArgumentException if the caller named the empty user
     */
    public static ServerVerifier allowing(@Nullable String configured, @Nullable String environment) {
        if (configured != null && configured.isEmpty()) {
            throw new IllegalArgumentException("The server's user is empty");
        }
        boolean inherited = configured == null && environment != null && !environment.isEmpty();
        return new ServerVerifier(inherited ? environment : configured);
    }

    /**
     * Verifies that a trusted user serves a connection.
     *
     * @param connection a connected channel
     * @param path its socket, for the message
     * @throws UntrustedServerException if another user does, or if that cannot be found out
     * @throws ClosedChannelException if the connection is closed, by this side
     */
    public void verify(SocketChannel connection, Path path) throws UntrustedServerException, ClosedChannelException {
        try {
            UserPrincipal server =
                    connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            if (!isTrusted(server)) {
                throw new UntrustedServerException(refusal(server, path));
            }
        } catch (ClosedChannelException | UntrustedServerException e) {
            throw e;
        } catch (UnsupportedOperationException | LinkageError e) {
            throw unknownServer(path, "Linux and the Java module jdk.net are needed", e);
        } catch (IOException e) {
            throw unknownServer(path, e.getMessage(), e);
        }
    }

    private static UntrustedServerException unknownServer(Path path, @Nullable String reason, Throwable cause) {
        return new UntrustedServerException(
                "Cannot find out who serves " + path + ", so nothing was sent: " + reason, cause);
    }

    private boolean isTrusted(UserPrincipal server) throws IOException {
        return server.equals(WellKnown.ROOT)
                || server.equals(WellKnown.SELF)
                || (allowed != null && server.equals(lookUp(allowed)));
    }

    private String refusal(UserPrincipal server, Path path) throws IOException {
        String name = server.getName();
        String others = allowed == null
                ? "root or this program's own user"
                : "root, this program's own user or " + allowed
                        + (lookUp(allowed) == null ? " (there is no such user)" : "");
        return path + " is served by the user " + name + ", not by " + others + ": nothing was sent. If " + name
                + " is the user of x2gobroker-authservice, allow it: serverUser, --server-user or " + VARIABLE;
    }

    private static @Nullable UserPrincipal lookUp(String nameOrUid) throws IOException {
        try {
            return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(nameOrUid);
        } catch (UserPrincipalNotFoundException e) {
            return null;
        }
    }

    /** Users that are the same for every verifier, looked up once; null if that failed. */
    private static final class WellKnown {
        /** UID 0, whatever its name. The JDK looks for a user named "0" first; no user's name begins with a plus sign (chown(1)). */
        private static final @Nullable UserPrincipal ROOT = find(() -> lookUp("+0"));

        private static final @Nullable UserPrincipal SELF = find(() -> Files.getOwner(Path.of("/proc/self")));

        private interface Source {
            @Nullable
            UserPrincipal user() throws IOException;
        }

        private static @Nullable UserPrincipal find(Source source) {
            try {
                return source.user();
            } catch (IOException e) {
                // Without /proc, say: then the caller has to name the server's user.
                return null;
            }
        }
    }
}
