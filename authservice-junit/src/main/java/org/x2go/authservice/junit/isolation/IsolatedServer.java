package org.x2go.authservice.junit.isolation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The server, by nothing but types that it shares with the tests. */
public interface IsolatedServer {
    /** A server that runs. */
    interface Running {
        /** Stops it, and removes its socket. */
        void stop();
    }

    /**
     * Loads the server, with a class loader of its own.
     *
     * @throws IllegalStateException if this jar is not whole
     */
    static IsolatedServer load() {
        return ServerClassLoader.SERVER;
    }

    /**
     * Starts a server.
     *
     * @param services the PAM services that it allows
     * @throws IOException if the socket cannot be made
     */
    Running start(Path socket, Set<String> services, Answers answers) throws IOException;

    /**
     * Looks whether a PAM service can have this name.
     *
     * @throws IllegalArgumentException if none can
     */
    void requireServiceName(String name);
}
