package org.x2go.authservice.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.daemon.logging.LogConfigurationCheck;
import org.x2go.authservice.daemon.logging.LogTarget;
import org.x2go.authservice.pam.Finding;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.pam.ServiceInspection;
import org.x2go.authservice.posix.AppendOnlyFile;
import org.x2go.authservice.posix.FileIdentity;

/** Says what the service would run with, and what is wrong with it, without starting it or changing anything. */
final class ConfigurationCheck {
    private static final int LONGEST_SOCKET_PATH = 107;
    private static final int WRITABLE_BY_OTHERS = 2;

    private final Settings settings;
    private final List<String> origins;
    private final ProcessUser user;
    private final PrintStream out;

    private boolean sound = true;

    /** @param origins each setting with its value and its source, a line for each */
    ConfigurationCheck(Settings settings, List<String> origins, ProcessUser user, PrintStream out) {
        this.settings = settings;
        this.origins = origins;
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
        say("settings:");
        origins.forEach(line -> say("  " + line));
        settings.findings().problems().forEach(this::problem);
        settings.findings().mistakes().forEach(this::problem);
        settings.findings().warnings().forEach(this::warn);
        if (settings.isolation().workerSocket().isPresent()) {
            say("socket: the one that systemd passes to the service");
        } else {
            socket();
        }
        peers();
        services();
        isolation();
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
        say(sound ? "Configuration OK." : "The service cannot run with this configuration: see the problems above.");
        return sound;
    }

    private void socket() {
        Settings.Socket socket = settings.socket();
        Path path = socket.path();
        directory(
                "socket: " + path + " (" + socket.owner().name() + ":"
                        + socket.group().name() + " " + socket.modeText() + ")",
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
                problem(path
                        + " is already in use by x2gobroker-authservice.socket or another service: stop that first,"
                        + " or choose another --socket-file");
            }
        }
        if ((socket.mode() & WRITABLE_BY_OTHERS) != 0) {
            warn("the socket is world-writable: any local user can guess passwords; its mode is " + socket.modeText());
        }
        if (!user.root()) {
            ownIds(socket);
            warn("not root: PAM modules that need root, as pam_unix may, cannot check the passwords of others");
        }
    }

    private void peers() {
        PeerPolicy peers = settings.peers();
        say(
                peers.admitsAnyone()
                        ? "who may ask: whoever may write to the socket"
                        : "who may ask: of those who may write to the socket, users " + peers.uids()
                                + " and members of groups " + peers.gids());
    }

    /** Only root can give a socket to others; being a member of a group is not enough (setfsgid(2)). */
    private void ownIds(Settings.Socket socket) {
        if (isOthers(socket.owner(), "unix:uid")) {
            problem("only root can make a socket for user " + socket.owner().name() + ": leave out --owner");
        }
        if (isOthers(socket.group(), "unix:gid")) {
            problem("only root can make a socket for group " + socket.group().name()
                    + ": leave out --group, or start the service with that as its own group");
        }
    }

    private static boolean isOthers(Settings.Account account, String attribute) {
        try {
            return account.id() != -1
                    && !Integer.valueOf(account.id()).equals(Files.getAttribute(Path.of("/proc/self"), attribute));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        try {
            ServiceInspection inspection = ServiceInspection.open(settings.pam());
            settings.services().allowed().stream().sorted().forEach(service -> service(inspection, service));
        } catch (PamUnavailableException e) {
            problem(Failures.text(e));
        }
    }

    private void service(ServiceInspection inspection, String service) {
        inspection.file(service).ifPresent(file -> say("PAM service " + service + ": " + file));
        List<Finding> findings = new ArrayList<>(inspection.files(service));
        if (inspection.file(service).isPresent()) {
            findings.addAll(inspection.modules(service));
        }
        if (!user.root() && settings.isolation().workerSocket().isEmpty()) {
            findings.addAll(inspection.withoutRoot(service));
        }
        for (Finding finding : findings) {
            if (finding.severity() == Finding.Severity.PROBLEM) {
                problem(finding.text());
            } else {
                warn(finding.text());
            }
        }
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
        say("log: " + settings.log().target().text() + (settings.log().debug() ? ", debug" : ""));
        if (settings.log().target() instanceof LogTarget.File file) {
            Path parent = file.path().getParent();
            logDirectory(parent == null ? file.path() : parent, "--auth-log");
            check(() -> AppendOnlyFile.check(file.path()));
        } else if (settings.log().target() instanceof LogTarget.Configured configured) {
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
