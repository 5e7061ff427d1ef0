package org.x2go.authservice.daemon;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.daemon.logging.LogTarget;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;

/**
 * What the service runs with, wherever it was set. All paths are absolute.
 *
 * @param socketFile the socket's path
 * @param owner who shall own the socket; if empty, the process's user
 * @param group the socket's group; if empty, the process's
 * @param socketMode the socket's permission bits
 * @param services the PAM services that may be asked for
 * @param pamConfdir where their files are, if not in the system's directories
 * @param isolation where PAM runs
 * @param allowUids the users who may ask, by name or number
 * @param allowGids the groups whose members may ask, by name or number
 * @param limits the server's limits, where they are not its defaults
 * @param debug whether debug messages are logged
 * @param logTarget where the log goes
 * @param background what is done with the process when it goes to the background; used only if it does
 * @param metrics the file that is kept up to date with the service's metrics, if one was asked for
 * @param notes what an admin should be told about how these settings were arrived at
 */
record Settings(
        Path socketFile,
        Optional<String> owner,
        Optional<String> group,
        int socketMode,
        ServicePolicy services,
        Optional<Path> pamConfdir,
        Isolation isolation,
        List<String> allowUids,
        List<String> allowGids,
        Map<Limit, Integer> limits,
        boolean debug,
        LogTarget logTarget,
        Background background,
        Optional<Metrics> metrics,
        List<String> notes) {
    /**
     * Files of a process in the background.
     *
     * @param pidFile where its number is written
     * @param logDir the directory of the files that take its stdout and stderr
     */
    record Background(Path pidFile, Path logDir) {}

    /**
     * A file of metrics.
     *
     * @param file where it is
     * @param interval how often it is written
     */
    record Metrics(Path file, Duration interval) {
        /** As often as Prometheus is commonly told to look. */
        static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(15);
    }

    /**
     * The server's configuration, with the names of users and groups looked up already.
     *
     * @throws IllegalArgumentException if one of the limits is out of its range; the message names its option
     */
    AuthServerConfig serverConfig(int uid, int gid, PeerPolicy peers) {
        AuthServerConfig.Builder config = AuthServerConfig.builder(socketFile)
                .socketOwner(uid)
                .socketGroup(gid)
                .socketMode(socketMode)
                .services(services)
                .peers(peers);
        limits.forEach((limit, value) -> {
            try {
                config.limit(limit, value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--" + e.getMessage(), e);
            }
        });
        return config.build();
    }

    /** What does not need a name to be looked up. */
    AuthServerConfig serverConfig() {
        return serverConfig(-1, -1, PeerPolicy.anyone());
    }

    /** The socket's permission bits as they are written. */
    String socketModeText() {
        String digits = Integer.toOctalString(socketMode);
        return "0".repeat(Math.max(0, 4 - digits.length())) + digits;
    }
}
