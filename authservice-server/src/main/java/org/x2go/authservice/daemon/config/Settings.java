package org.x2go.authservice.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.daemon.logging.LogTarget;
import org.x2go.authservice.pam.PamConfiguration;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;

/**
 * The settings of the service from all sources. All paths are absolute, and users and groups are looked up.
 *
 * @param socket the socket's file, if the service creates it
 * @param peers which of the peers that can connect may send requests
 * @param pam the allowed PAM services, the directory of their files, and the denied modules
 * @param isolation where PAM runs
 * @param limits every limit of the server
 * @param log the target and level of the log
 * @param background the files of a process in the background, with --daemonize
 * @param metrics the file for metrics, if it is set
 * @param findings problems and warnings about the settings
 */
public record Settings(
        Socket socket,
        PeerPolicy peers,
        PamConfiguration pam,
        Isolation isolation,
        Map<Limit, Integer> limits,
        Log log,
        Optional<Background> background,
        Optional<Metrics> metrics,
        Findings findings) {
    /**
     * The socket's file.
     *
     * @param path its path
     * @param owner its owner
     * @param group its group
     * @param mode its permissions
     */
    public record Socket(Path path, Account owner, Account group, FileMode mode) {
        /** The owner, group and mode as text. */
        public String access() {
            return owner.name + ":" + group.name + " " + mode;
        }
    }

    /**
     * A user or a group.
     *
     * @param name the name as given, or a description
     * @param id the number; -1 for that of the process
     */
    public record Account(String name, int id) {}

    /**
     * The log.
     *
     * @param target where it goes
     * @param debug whether debug messages are part of it
     */
    public record Log(LogTarget target, boolean debug) {}

    /**
     * The files of a process in the background.
     *
     * @param pidFile the file for its process number
     * @param logDir the directory of the files for its stdout and stderr
     */
    public record Background(Path pidFile, Path logDir) {}

    /**
     * A file of metrics.
     *
     * @param file where it is
     * @param interval how often it is written
     */
    public record Metrics(Path file, Duration interval) {}

    /** The allowed PAM services. */
    public ServicePolicy services() {
        return pam.services();
    }

    /**
     * Findings about the settings.
     *
     * @param problems why the service cannot start with them
     * @param mistakes settings without effect: misspelled names and invalid values
     * @param warnings warnings for the administrator
     */
    public record Findings(List<String> problems, List<String> mistakes, List<String> warnings) {}

    /** The server's configuration. */
    public AuthServerConfig serverConfig() {
        AuthServerConfig.Builder config = AuthServerConfig.builder(socket.path)
                .socketOwner(socket.owner.id)
                .socketGroup(socket.group.id)
                .socketMode(socket.mode.bits())
                .services(services())
                .peers(peers);
        limits.forEach(config::limit);
        return config.build();
    }
}
