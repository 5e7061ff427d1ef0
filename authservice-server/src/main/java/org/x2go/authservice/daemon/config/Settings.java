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
 * What the service runs with, wherever it was set. All paths are absolute, all names of users and groups looked up.
 *
 * @param socket the socket's file, if the service makes it
 * @param peers who may ask, of those whom the socket's mode lets connect
 * @param pam the PAM services that may be asked for, where their files are, and which modules must not be called
 * @param isolation where PAM runs
 * @param limits every limit of the server
 * @param log where the log goes, and how much of it there is
 * @param background the files of the process, if it is to be one in the background
 * @param metrics the file that is kept up to date with the service's metrics, if one was asked for
 * @param findings what an admin should be told about how these settings were arrived at
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
        /** Who may write to it, for people. */
        public String access() {
            return owner.name + ":" + group.name + " " + mode;
        }
    }

    /**
     * A user or a group.
     *
     * @param name as it was given, or what to call it if none was
     * @param id its number, -1 for that of the process
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
     * Files of a process in the background.
     *
     * @param pidFile where its number is written
     * @param logDir the directory of the files that take its stdout and stderr
     */
    public record Background(Path pidFile, Path logDir) {}

    /**
     * A file of metrics.
     *
     * @param file where it is
     * @param interval how often it is written
     */
    public record Metrics(Path file, Duration interval) {}

    /** The PAM services that may be asked for. */
    public ServicePolicy services() {
        return pam.services();
    }

    /**
     * What was found on the way to these settings.
     *
     * @param problems why the service cannot start with them
     * @param mistakes what is set to no effect: misspelled names, and values that mean nothing
     * @param warnings what an admin should know
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
