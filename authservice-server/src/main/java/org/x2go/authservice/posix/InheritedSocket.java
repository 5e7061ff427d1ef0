package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A listening Unix domain socket that the parent (systemd) created and keeps. Its file stays when this process exits,
 * and so do the connections in its backlog.
 */
public record InheritedSocket(int descriptor, Path path) implements ListeningSocket {
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;

    /**
     * Takes over an open descriptor: makes it non-blocking and closed on exec.
     *
     * @throws IOException if it is not a Unix stream socket that listens; the message says what it is
     */
    public static InheritedSocket adopt(int descriptor) throws IOException {
        try {
            if (option(descriptor, SO_DOMAIN) != LibC.AF_UNIX || option(descriptor, SO_TYPE) != LibC.SOCK_STREAM) {
                throw unusable(
                        descriptor, "it is not a Unix stream socket: give the socket unit ListenStream= with a path");
            }
            if (option(descriptor, SO_ACCEPTCONN) == 0) {
                throw unusable(descriptor, "it does not listen: the socket unit must have Accept=no");
            }
            Optional<Path> path = UnixAddress.pathOf(descriptor);
            if (path.isEmpty()) {
                throw unusable(
                        descriptor, "it has no path, so no file mode controls access: give ListenStream= a path");
            }
            SocketBinder.disablePassRights(descriptor);
            LibC.fcntl(descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC);
            LibC.fcntl(descriptor, LibC.F_SETFL, LibC.fcntl(descriptor, LibC.F_GETFL, 0) | LibC.SOCK_NONBLOCK);
            return new InheritedSocket(descriptor, path.get());
        } catch (LastErrorException e) {
            throw unusable(descriptor, Errno.text(e));
        }
    }

    private static int option(int descriptor, int name) {
        try (Memory value = new Memory(Integer.BYTES);
                Memory length = new Memory(Integer.BYTES)) {
            length.setInt(0, Integer.BYTES);
            LibC.getsockopt(descriptor, SOL_SOCKET, name, value, length);
            return value.getInt(0);
        }
    }

    private static IOException unusable(int descriptor, String why) {
        return new IOException("cannot use the socket passed as descriptor " + descriptor + ": " + why);
    }

    /** Does nothing: the file is not this process's. */
    @Override
    public void remove() {}

    /** The connections in the backlog belong to the next service. */
    @Override
    public boolean hasBacklog() {
        return false;
    }
}
