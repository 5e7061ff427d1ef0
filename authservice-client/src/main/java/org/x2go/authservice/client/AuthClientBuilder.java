package org.x2go.authservice.client;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.client.transport.ServerVerifier;
import org.x2go.authservice.client.transport.SocketPath;

/**
 * Builds {@link AuthClient}s. The defaults suit the installed service. A builder may be used again; it is not thread-safe.
 */
public final class AuthClientBuilder {
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(70);
    static final int DEFAULT_MAX_CONNECTIONS = 16;
    static final Duration DEFAULT_IDLE_TIME = Duration.ofSeconds(10);
    static final int MAX_CONNECTIONS = 1024;

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
     * Sets the path of the service's socket. The default is the value of the environment variable {@code
     * X2GOBROKER_AUTHSERVICE_SOCKET}, or without it {@code /run/x2gobroker/x2gobroker-authservice.socket}. The client
     * connects at its first request.
     *
     * @param socket the path; with one of more than 107 bytes every request fails
     * @return this builder
     */
    public AuthClientBuilder socket(Path socket) {
        this.socket = socket;
        return this;
    }

    /**
     * Sets a user who may serve the socket, besides root and this process's own user. The default is the value of the
     * environment variable {@code X2GOBROKER_AUTHSERVICE_SERVER_USER}, otherwise none. It is needed where the service
     * neither runs as root nor gets its socket from systemd. If anybody else serves the socket, nothing is sent, and calls fail
     * with {@link AuthServiceException.Kind#UNTRUSTED_SERVER}.
     *
     * @param user the user's name or UID
     * @return this builder
     */
    public AuthClientBuilder serverUser(String user) {
        this.serverUser = user;
        return this;
    }

    /**
     * Sets how long a call may take, from its start to the verdict. This includes the wait for a free connection, connecting,
     * PAM, and the delay after a wrong password. The default is 70 seconds. The service gives up on PAM after 60 seconds and may
     * delay its reply by a few more: with a shorter timeout the caller cannot tell a hanging PAM module from a hanging service.
     *
     * @param timeout more than 0, at most a day
     * @return this builder
     */
    public AuthClientBuilder timeout(Duration timeout) {
        this.timeout = timeout;
        return this;
    }

    /**
     * Sets how many connections there may be at a time. The default is 16. Each has one request in flight, so this also bounds
     * the logins that are checked at the same time; further calls wait, within their timeout.
     *
     * @param connections 1 to 1024
     * @return this builder
     */
    public AuthClientBuilder maxConnections(int connections) {
        this.maxConnections = connections;
        return this;
    }

    /**
     * Sets how long an idle connection stays open. The default is 10 seconds.
     *
     * @param idleTime more than 0, at most a day
     * @return this builder
     */
    public AuthClientBuilder idleTime(Duration idleTime) {
        this.idleTime = idleTime;
        return this;
    }

    /**
     * Builds a client with these settings. It opens nothing before its first call.
     *
     * @return the client, which is thread-safe; the caller closes it
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
