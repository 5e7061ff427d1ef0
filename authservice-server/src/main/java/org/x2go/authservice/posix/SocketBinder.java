package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Binds a socket whose file has the right owner, group and mode from its creation, without chown(2) or chmod(2) on a
 * path.
 *
 * <p>The kernel makes the file of a socket with the socket's own mode less the umask (fchmod(2) before bind(2)), and
 * with the filesystem user and group of the thread that binds. These are set in a separate thread that exits after the
 * bind, so that no other thread runs with them.
 */
final class SocketBinder {
    /**
     * As in the systemd unit. A connection that is not accepted yet waits behind those that came before it: with
     * thousands of them, one process that connects and closes without end could keep the others waiting for a quarter
     * of a second.
     */
    private static final int BACKLOG = 64;

    private static final int SOL_SOCKET = 1;
    private static final int SO_PASSRIGHTS = 83;

    private final Path path;
    private final int uid;
    private final int gid;
    private final int mode;

    SocketBinder(Path path, int uid, int gid, int mode) {
        this.path = path;
        this.uid = uid;
        this.gid = gid;
        this.mode = mode;
    }

    /** Creates the socket and its file, and listens. The caller closes the descriptor. */
    int bind() throws IOException {
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        CompletableFuture<@Nullable Void> bound = new CompletableFuture<>();
        Thread binder = new Thread(
                () -> {
                    try {
                        bindAs(fd);
                        bound.complete(null);
                    } catch (Throwable e) {
                        bound.completeExceptionally(e);
                    }
                },
                "socket-binder");
        binder.start();
        try {
            bound.join();
            return fd;
        } catch (CompletionException e) {
            LibC.close(fd);
            throw new IOException("cannot bind " + path + ": " + reason(e.getCause()), e.getCause());
        }
    }

    private void bindAs(int fd) throws IOException {
        disablePassRights(fd);
        LibC.fchmod(fd, mode);
        separateUmask();
        LibC.umask(0);
        boolean dumpForbidden = ProcessMemory.isDumpForbidden();
        if (gid != LibC.getegid()) {
            LibC.setfsgid(gid);
            // Setting an invalid group returns the current one (setfsgid(2)).
            if (LibC.setfsgid(-1) != gid) {
                throw new IOException("only root can give the socket to group " + gid);
            }
        }
        if (uid != LibC.geteuid()) {
            LibC.setfsuid(uid);
            if (LibC.setfsuid(-1) != uid) {
                throw new IOException("only root can give the socket to user " + uid);
            }
            Capabilities.addDacOverride();
        }
        if (dumpForbidden) {
            // Another user or group makes it what fs.suid_dumpable says (proc(5)), for the whole process.
            ProcessMemory.forbidDumps();
        }
        try (Memory address = address()) {
            LibC.bind(fd, address, (int) address.size());
            // At once, since connections are refused until then.
            LibC.listen(fd, BACKLOG);
        }
    }

    /**
     * Refuses descriptors that peers send (SCM_RIGHTS of unix(7)): the service uses none, and closing one can block
     * the reader for as long as the sender likes (SO_LINGER). Accepted connections inherit the setting. Kernels before
     * 6.16 do not have it.
     */
    static void disablePassRights(int fd) throws IOException {
        try (Memory no = new Memory(Integer.BYTES)) {
            no.setInt(0, 0);
            LibC.setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, no, Integer.BYTES);
        } catch (LastErrorException e) {
            if (e.getErrorCode() != Errno.ENOPROTOOPT) {
                throw new IOException("cannot refuse descriptors: " + Errno.text(e), e);
            }
        }
    }

    private static void separateUmask() throws IOException {
        try {
            LibC.unshare(LibC.CLONE_FS);
        } catch (LastErrorException e) {
            throw new IOException("unshare(2) of the umask is forbidden here: " + Errno.text(e), e);
        }
    }

    private Memory address() throws IOException {
        try {
            return UnixAddress.of(path.toString());
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; choose a shorter one with --socket-file", e);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        if (!(cause instanceof LastErrorException error)) {
            return cause == null ? "unknown" : String.valueOf(cause.getMessage());
        }
        return switch (error.getErrorCode()) {
            case Errno.EACCES ->
                Errno.text(error)
                        + "; run as a user who may write to that directory, or choose another with --socket-file";
            case Errno.EADDRINUSE -> Errno.text(error) + ": another process has just created it; try again";
            case Errno.EPERM -> Errno.text(error) + "; only root can make a socket for another user or group";
            default -> Errno.text(error);
        };
    }
}
