package org.x2go.authservice.daemon.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.x2go.authservice.posix.FileStatus;
import org.x2go.authservice.posix.UnixListener;

/** Checks whether the service could create its socket. */
final class SocketCheck {
    private static final int LONGEST_SOCKET_PATH = 107;
    private static final int WRITABLE_BY_OTHERS = 2;

    /** The first process of the system. */
    private static final long INIT = 1;

    private final Settings.Socket socket;
    private final ProcessUser user;
    private final CheckReport report;
    private final FileCheck files;

    SocketCheck(Settings.Socket socket, ProcessUser user, CheckReport report, FileCheck files) {
        this.socket = socket;
        this.user = user;
        this.report = report;
        this.files = files;
    }

    void run() {
        Path path = socket.path();
        files.directory("socket: " + path + " (" + socket.access() + ")", path, "--socket-file");
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET_PATH) {
            report.problem("the socket's path has " + length + " bytes, and may have " + LONGEST_SOCKET_PATH
                    + " at most: choose another with --socket-file");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!isSocket(path)) {
                report.problem("the file at " + path + " is not a socket: choose another path with --socket-file");
            } else {
                report.check(() -> listener(path));
            }
        }
        if ((socket.mode().bits() & WRITABLE_BY_OTHERS) != 0) {
            report.warn(
                    "the socket is world-writable: any local user can guess passwords; its mode is " + socket.mode());
        }
        if (!user.root()) {
            ownIds();
            report.warn("the service does not run as root: PAM modules that need root, such as pam_unix, cannot"
                    + " check other users' passwords");
        }
    }

    /** Only root can create a socket for another user or group; membership in the group is not enough (setfsgid(2)). */
    private void ownIds() {
        if (isOthers(socket.owner(), "unix:uid")) {
            report.problem(
                    "only root can make a socket for user " + socket.owner().name() + ": leave out --owner");
        }
        if (isOthers(socket.group(), "unix:gid")) {
            report.problem("only root can make a socket for group "
                    + socket.group().name() + ": leave out --group, or start the service with that as its own group");
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
            return FileStatus.ofEntry(path).filter(FileStatus::isSocket).isPresent();
        } catch (IOException e) {
            // If it cannot be examined, the check of its directory reports that.
            return true;
        }
    }

    /** Checks for a listener. The running service itself is not a problem. */
    private void listener(Path path) throws IOException {
        Optional<UnixListener> listener = UnixListener.at(path);
        if (listener.isEmpty()) {
            return;
        }
        OptionalLong process = listener.get().process();
        if (process.isPresent() && isAuthservice(process.getAsLong())) {
            report.warn(path + " is in use by a running authservice, process " + process.getAsLong()
                    + ": stop it before you start one with these settings");
        } else if (process.isPresent() && process.getAsLong() == INIT) {
            report.warn(path
                    + " belongs to systemd (x2gobroker-authservice.socket), which starts the service with its"
                    + " own settings: the first lines of /etc/default/x2gobroker-authservice say how to check them");
        } else {
            report.problem(path + " is in use by another program: stop it, or choose another path with --socket-file");
        }
    }

    /** Whether the process is a JVM with this program's jar. */
    private static boolean isAuthservice(long process) throws IOException {
        String command = Files.readString(Path.of("/proc/" + process + "/cmdline"), StandardCharsets.ISO_8859_1);
        List<String> words = List.of(command.split("\0", -1));
        int jar = words.indexOf("-jar") + 1;
        return jar > 0 && jar < words.size() && Path.of(words.get(jar)).endsWith("authservice-server.jar");
    }
}
