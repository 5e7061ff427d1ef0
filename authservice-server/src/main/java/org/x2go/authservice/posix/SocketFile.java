package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A listening Unix domain socket and its file.
 *
 * <p>The file has the owner, group and mode asked for from its first instant. What a service that was killed left behind is
 * replaced; a socket that somebody answers on is not taken, and anything else that lies at the path is left alone. The
 * directory is made if it is missing, and never altered if it is there: it may belong to a user who is not trusted, so
 * that nothing here follows a path in it.
 */
public final class SocketFile implements ListeningSocket {
    private static final Logger LOG = LogManager.getLogger(SocketFile.class);

    /** The kernel cuts it down to net.core.somaxconn. */
    private static final int BACKLOG = 4096;

    private final Path path;
    private final int descriptor;
    private final FileIdentity identity;

    private SocketFile(Path path, int descriptor, FileIdentity identity) {
        this.path = path;
        this.descriptor = descriptor;
        this.identity = identity;
    }

    /**
     * Makes the socket and listens on it.
     *
     * @param owner the user that the file shall belong to, or -1 for that of this process
     * @param group the group that the file shall belong to, or -1 for that of this process
     * @param mode the file's permission bits
     * @throws IOException if that cannot be done; the message says why, and what can be done
     */
    public static SocketFile bind(Path path, int owner, int group, int mode) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new IOException("cannot bind " + absolute + ": it is a directory");
        }
        try {
            Files.createDirectories(directory);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "cannot make the directory " + directory
                            + " for the socket: permission denied; make it, run as root," + " or choose --socket-file",
                    e);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    "cannot make the directory " + directory + " for the socket: " + e.getFile()
                            + " is there already, and is no directory; remove it or choose --socket-file",
                    e);
        } catch (IOException e) {
            throw new IOException("cannot make the directory " + directory + " for the socket: " + e, e);
        }
        int uid = owner == -1 ? LibC.geteuid() : owner;
        int gid = group == -1 ? LibC.getegid() : group;
        try (DirectoryLock lock = DirectoryLock.of(directory)) {
            clear(absolute);
            return listen(absolute, new SocketBinder(absolute, uid, gid, mode).bind(), uid, gid, mode);
        }
    }

    private static SocketFile listen(Path path, int fd, int uid, int gid, int mode) throws IOException {
        boolean listening = false;
        try {
            FileIdentity made = FileIdentity.of(path)
                    .orElseThrow(() -> new IOException("cannot bind " + path + ": it was removed at once by another"));
            if (!made.isSocket() || made.uid() != uid || made.gid() != gid || made.permissions() != mode) {
                throw new IOException(
                        "cannot bind " + path + ": its file came out with another owner, group or mode than"
                                + " asked for; does its directory have the set-group-ID bit or a default ACL?");
            }
            LibC.listen(fd, BACKLOG);
            listening = true;
            return new SocketFile(path, fd, made);
        } catch (LastErrorException e) {
            throw new IOException("cannot listen on " + path + ": " + Errno.text(e), e);
        } finally {
            if (!listening) {
                Files.deleteIfExists(path);
                LibC.close(fd);
            }
        }
    }

    /** Makes room for a socket at the path, or says why that may not be. */
    private static void clear(Path path) throws IOException {
        Optional<FileIdentity> there = FileIdentity.of(path);
        if (there.isEmpty()) {
            return;
        }
        if (!there.get().isSocket()) {
            throw new IOException(
                    "cannot bind " + path + ": something that is not a socket lies there, and is left alone;"
                            + " remove it or choose --socket-file");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException e) {
            LOG.info("Replacing the socket {} that a stopped service left behind", path);
            Files.deleteIfExists(path);
            return;
        } catch (SocketException e) {
            throw new IOException(
                    "cannot bind " + path + ": a socket lies there that may be in use (" + e.getMessage()
                            + "); stop its service or choose --socket-file",
                    e);
        }
        throw new IOException(
                "cannot bind " + path + ": another authservice is answering there; stop it or choose --socket-file");
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public Path path() {
        return path;
    }

    /** Removes the file, unless another has taken its place meanwhile. */
    @Override
    public void remove() {
        Path directory = path.getParent();
        if (directory == null) {
            return;
        }
        try (DirectoryLock lock = DirectoryLock.of(directory)) {
            Optional<FileIdentity> there = FileIdentity.of(path);
            if (there.isPresent() && there.get().isSameFile(identity)) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.warn("Cannot remove the socket {}: {}", path, e.getMessage());
        }
    }
}
