package org.x2go.authservice.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.daemon.logging.LogConfigurationCheck;
import org.x2go.authservice.daemon.logging.LogTarget;
import org.x2go.authservice.posix.AppendOnlyFile;
import org.x2go.authservice.posix.FileIdentity;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;

/** Says what the service would run with, and what is wrong with it, without starting it or changing anything. */
final class ConfigurationCheck {
    private static final int LONGEST_SOCKET_PATH = 107;
    private static final int WRITABLE_BY_OTHERS = 2;

    private final Settings settings;
    private final ProcessUser user;
    private final PrintStream out;

    private boolean sound = true;

    ConfigurationCheck(Settings settings, ProcessUser user, PrintStream out) {
        this.settings = settings;
        this.user = user;
        this.out = out;
    }

    /**
     * Prints everything it finds.
     *
     * @param background whether the service would go to the background
     * @return whether the service would start
     */
    boolean run(boolean background) {
        settings.notes().forEach(this::warn);
        if (settings.isolation().workerSocket().isPresent()) {
            say("socket: the one that systemd passes to the service");
        } else {
            socket();
        }
        peers();
        services();
        isolation();
        limits();
        log();
        settings.metrics().ifPresent(this::metrics);
        if (background) {
            directory(
                    "PID file: " + settings.background().pidFile(),
                    settings.background().pidFile(),
                    "--pidfile");
            pidFile(settings.background().pidFile());
            Path logDir = settings.background().logDir();
            logDirectory(logDir, "--logdir");
            check(() -> AppendOnlyFile.check(logDir.resolve(BackgroundProcess.STDOUT)));
            check(() -> AppendOnlyFile.check(logDir.resolve(BackgroundProcess.STDERR)));
        }
        say(sound ? "Fit to start." : "Not fit to start: see the problems above.");
        return sound;
    }

    private void socket() {
        Path path = settings.socketFile();
        directory(
                "socket: " + path + " (" + settings.owner().orElse(user.name()) + ":"
                        + settings.group().orElse("own group") + " " + settings.socketModeText() + ")",
                path,
                "--socket-file");
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET_PATH) {
            problem("the socket's path has " + length + " bytes, and may have " + LONGEST_SOCKET_PATH
                    + " at most: choose another with --socket-file");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!isSocket(path)) {
                problem("what lies at " + path + " is not a socket: choose another path with --socket-file");
            } else if (answers(path)) {
                problem("somebody listens on " + path + " now, be it systemd (x2gobroker-authservice.socket) or a"
                        + " service: stop that first, or choose another --socket-file");
            }
        }
        if ((settings.socketMode() & WRITABLE_BY_OTHERS) != 0) {
            warn("every user of this machine may ask, and so guess passwords: the socket's mode is "
                    + settings.socketModeText());
        }
        try {
            int uid = Service.uid(settings.owner());
            int gid = Service.gid(settings.group());
            if (!user.root()) {
                ownIds(uid, gid);
            }
            say("socket's owner and group by number: " + idText(uid) + ":" + idText(gid));
        } catch (IOException e) {
            problem(Failures.text(e));
        }
        if (!user.root()) {
            warn("not root: PAM modules that need root, as pam_unix may, cannot check the passwords of others");
        }
    }

    private void peers() {
        try {
            PeerPolicy peers = Service.peers(settings);
            say(
                    peers.admitsAnyone()
                            ? "who may ask: whoever may write to the socket"
                            : "who may ask: of those who may write to the socket, users " + peers.uids()
                                    + " and members of groups " + peers.gids());
        } catch (IOException e) {
            problem(Failures.text(e));
        }
    }

    /** Only root can give a socket to others; being a member of a group is not enough (setfsgid(2)). */
    private void ownIds(int uid, int gid) throws IOException {
        Path self = Path.of("/proc/self");
        if (uid != -1 && !Integer.valueOf(uid).equals(Files.getAttribute(self, "unix:uid"))) {
            problem("only root can make a socket for user " + settings.owner().orElse("") + ": leave out --owner");
        }
        if (gid != -1 && !Integer.valueOf(gid).equals(Files.getAttribute(self, "unix:gid"))) {
            problem("only root can make a socket for group " + settings.group().orElse("")
                    + ": leave out --group, or start the service with that as its own group");
        }
    }

    private static String idText(int id) {
        return id == -1 ? "own" : Integer.toUnsignedString(id);
    }

    private static boolean isSocket(Path path) {
        try {
            return FileIdentity.of(path).filter(FileIdentity::isSocket).isPresent();
        } catch (IOException e) {
            // Who may not look at it is told so by the check of its directory.
            return true;
        }
    }

    private static boolean answers(Path path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            // Nobody listens, which is what is asked here.
            return false;
        }
    }

    private void services() {
        PamServiceFiles files = PamServiceFiles.in(settings.pamConfdir());
        for (String service : settings.services().allowed().stream().sorted().toList()) {
            Optional<Path> file = files.find(service);
            if (file.isPresent()) {
                say("PAM service " + service + ": " + file.get());
                files.warnings(service).forEach(this::warn);
            } else {
                problem("PAM service " + service + " has no file in " + files.directoriesText()
                        + ": every request for it would be answered \"error\"; make one");
            }
        }
    }

    private void limits() {
        AuthServerConfig config = settings.serverConfig();
        say("workers: " + config.limit(Limit.WORKERS) + ", longest request: " + config.limit(Limit.MAX_REQUEST_BYTES)
                + " bytes, connections: "
                + config.limit(Limit.MAX_CONNECTIONS) + ", seconds to a verdict: "
                + config.time(Limit.REQUEST_TIMEOUT).toSeconds() + ", attempts pending for one user: "
                + config.limit(Limit.MAX_ATTEMPTS_PER_USER));
    }

    private void isolation() {
        Isolation isolation = settings.isolation();
        if (isolation.mode() == Isolation.Mode.THREAD) {
            say("PAM: in threads of the service's process");
        } else if (isolation.workerSocket().isPresent()) {
            Path socket = isolation.workerSocket().get();
            say("PAM: in processes that systemd starts for connections to " + socket
                    + ", which have the last word on which services may be asked for");
            if (!Files.isWritable(socket)) {
                problem(user.name() + " cannot connect to " + socket
                        + ": start the unit with this ListenStream= (x2gobroker-authservice-worker.socket), and be the user"
                        + " that it is for");
            }
        } else {
            say("PAM: in processes of its own, replaced after " + isolation.workerRequests() + " requests or with "
                    + isolation.workerMegabytes() + " MB");
        }
    }

    private void log() {
        say("log: " + settings.logTarget().text() + (settings.debug() ? ", debug" : ""));
        if (settings.logTarget() instanceof LogTarget.File file) {
            Path parent = file.path().getParent();
            logDirectory(parent == null ? file.path() : parent, "--auth-log");
            check(() -> AppendOnlyFile.check(file.path()));
        } else if (settings.logTarget() instanceof LogTarget.Configured configured) {
            check(() -> LogConfigurationCheck.check(configured.configuration()));
        }
    }

    private void metrics(Settings.Metrics metrics) {
        say("metrics: " + metrics.file() + ", every " + metrics.interval().toSeconds() + " s");
        Path parent = metrics.file().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            problem("the directory of the metrics file " + metrics.file()
                    + " does not exist: make it, or choose another with --metrics-file");
        } else if (!Files.isWritable(parent)) {
            problem("the metrics file's directory " + parent + " cannot be written to by " + user.name()
                    + ": choose another with --metrics-file");
        }
        check(() -> MetricsFile.check(metrics.file()));
        if (!metrics.file().toString().endsWith(".prom")) {
            warn("node_exporter reads files whose names end in .prom only: " + metrics.file() + " does not");
        }
    }

    private void pidFile(Path file) {
        check(() -> PidFile.check(file));
        Path directory = file.getParent();
        check(() -> {
            if (user.root()
                    && directory != null
                    && Files.exists(directory)
                    && !Integer.valueOf(0).equals(Files.getAttribute(directory, "unix:uid"))) {
                warn("the PID file's directory " + directory
                        + " is not root's: whoever may write to it can have root stop another"
                        + " process; choose another with --pidfile, such as /run/x2gobroker-authservice.pid");
            }
        });
    }

    private void logDirectory(Path directory, String option) {
        if (!Files.isDirectory(directory)) {
            problem("the log directory " + directory + " does not exist: make it, or choose another with " + option);
        } else if (!Files.isWritable(directory)) {
            problem("the log directory " + directory + " cannot be written to by " + user.name()
                    + ": choose another with " + option);
        }
    }

    /** The directory of a file that the service makes; it makes the directory too. */
    private void directory(String what, Path file, String option) {
        say(what);
        Path directory = file.getParent();
        while (directory != null && !Files.exists(directory)) {
            directory = directory.getParent();
        }
        if (directory == null || !Files.isDirectory(directory)) {
            problem(directory + " is not a directory: choose another path with " + option);
        } else if (!Files.isWritable(directory)) {
            problem(directory + " cannot be written to by " + user.name() + ": choose another path with " + option);
        }
    }

    /** Looks at a file that the service would write, and says why it could not. */
    private interface FileCheck {
        void run() throws IOException;
    }

    private void check(FileCheck check) {
        try {
            check.run();
        } catch (IOException e) {
            problem(Failures.text(e));
        }
    }

    private void say(String line) {
        out.println(line);
    }

    private void warn(String what) {
        out.println("warning: " + what);
    }

    private void problem(String what) {
        sound = false;
        out.println("problem: " + what);
    }
}
