package org.x2go.authservice.client.transport;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the service's socket: where the caller says, else where the environment says, else at its standard path. */
public final class SocketPath {
    /** The environment variable that holds the path. */
    public static final String VARIABLE = "X2GOBROKER_AUTHSERVICE_SOCKET";

    private static final Path DEFAULT = Path.of("/run/x2gobroker/x2gobroker-authservice.socket");

    private SocketPath() {}

    /**
     * Returns the path to connect to.
     *
     * @param configured the path that the caller set, or null
     * @param environment the process's environment; an empty value counts as none
     */
    public static Path resolve(@Nullable Path configured, Map<String, String> environment) {
        if (configured != null) {
            return configured;
        }
        String variable = environment.getOrDefault(VARIABLE, "");
        return variable.isEmpty() ? DEFAULT : Path.of(variable);
    }
}
