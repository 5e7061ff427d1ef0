package org.x2go.authservice.client;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.client.transport.ServerVerifier;
import org.x2go.authservice.client.transport.SocketPath;

/**
 * Builds {@link AuthClient}s. Every setting has a default that suits the installed service. A builder may be used again;
 * it is not thread-safe.
 */
public final class AuthClientBuilder {
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(70);
    static final int DEFAULT_MAX_CONNECTIONS = 16;
    static final Duration DEFAULT_IDLE_TIME = Duration.ofSeconds(10);
    static final int MOST_CONNECTIONS = 1024;

    private final Map<String, String> environment;
    private @Nullable Path socket;
    private @Nullable String serverUser;
    private Duration timeout = DEFAULT_TIMEOUT;
    private int maxConnections = DEFAULT_MAX_CONNECTIONS;
    private Duration idleTime = DEFAULT_IDLE_TIME;

    /** Starts with the defaults, and the socket and the server's user that the environment names, if it names them. */
    AuthClientBuilder(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * The path of the service's socket. Unless set, it is what the environment variable {@code
     * X2GOBROKER_AUTHSERVICE_SOCKET} says, and without that {@code /run/x2gobroker/x2gobroker-authservice.socket}. The system
     * allows 107 bytes. Whether there is a service is found out by the first call.
     */
    public AuthClientBuilder socket(Path socket) {
        this.socket = socket;
        return this;
    }

    /**
     * Who may serve the socket, by name or number, besides root and this process's own user. Unless set, it is whom the
     * environment variable {@code X2GOBROKER_AUTHSERVICE_SERVER_USER} names, and without that nobody. To be set where the
     * service is neither root's nor started by systemd's socket. Anybody else who serves it is not told a password: the call
     * ends with {@link AuthServiceException.Kind#UNTRUSTED_SERVER}.
     */
    public AuthClientBuilder serverUser(String user) {
        this.serverUser = user;
        return this;
    }

    /**
     * How long one call may take, from its start to the service's word: waiting for a free connection, connecting, PAM and
     * the delay after a wrong password included. At most a day; 70 seconds unless set. The service itself gives up on PAM
     * after 60 seconds and may hold a reply back for a few more: with a shorter timeout the caller misses that word, and
     * cannot tell a hanging PAM module from a hanging service.
     */
    public AuthClientBuilder timeout(Duration timeout) {
        this.timeout = timeout;
        return this;
    }

    /**
     * How many connections there may be at a time, 1 to 1024; 16 unless set. Each has one request in flight, so this is also
     * how many logins are checked at the same time; further calls wait their turn, within their timeout.
     */
    public AuthClientBuilder maxConnections(int connections) {
        this.maxConnections = connections;
        return this;
    }

    /** How long a connection is kept when it has nothing to do, at most a day; 10 seconds unless set. */
    public AuthClientBuilder idleTime(Duration idleTime) {
        this.idleTime = idleTime;
        return this;
    }

    /**
     * A client with these settings. It opens nothing yet.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public AuthClient build() {
        return new AuthClient(new AuthClientOptions(
                UnixDomainSocketAddress.of(SocketPath.resolve(socket, environment)),
                ServerVerifier.allowing(serverUser, environment.get(ServerVerifier.VARIABLE)),
                timeout,
                maxConnections,
                idleTime));
    }
}
