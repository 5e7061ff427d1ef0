package org.x2go.authservice.posix;

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
import java.util.function.Consumer;

/**
 * A listening Unix domain socket and its file.
 *
 * <p>The file has the owner, group and mode asked for from its first instant. What a service that was killed left behind is
 * replaced; a socket that somebody answers on is not taken, and anything else that lies at the path is left alone. The
 * directory is made if it is missing, and never altered if it is there: it may belong to a user who is not trusted, so
 * that nothing here follows a path in it.
 */
public final class SocketFile implements ListeningSocket {
    private final Path path;
    private final int descriptor;
    private final FileStatus identity;
    private final Consumer<String> warnings;

    private SocketFile(Path path, int descriptor, FileStatus identity, Consumer<String> warnings) {
        this.path = path;
        this.descriptor = descriptor;
        this.identity = identity;
        this.warnings = warnings;
    }

    /**
     * Makes the socket and listens on it: from the moment that its file is there, who connects is not refused.
     *
     * @param owner the user that the file shall belong to, or -1 for that of this process
     * @param group the group that the file shall belong to, or -1 for that of this process
     * @param mode the file's permission bits
     * @param warnings is told, now and later, what an admin should know
     * @throws IOException if that cannot be done; the message says why, and what can be done
     */
    public static SocketFile bind(Path path, int owner, int group, int mode, Consumer<String> warnings)
            throws IOException {
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
                            + " for the socket: permission denied; make it, run as root,"
                            + " or choose another path with --socket-file",
                    e);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    "cannot make the directory " + directory + " for the socket: " + e.getFile()
                            + " is there already, and is no directory; choose another path with --socket-file",
                    e);
        } catch (IOException e) {
            throw new IOException("cannot make the directory " + directory + " for the socket: " + e, e);
        }
        int uid = owner == -1 ? LibC.geteuid() : owner;
        int gid = group == -1 ? LibC.getegid() : group;
        try (DirectoryLock lock = DirectoryLock.of(directory, warnings)) {
            clear(absolute, warnings);
            int fd = new SocketBinder(absolute, uid, gid, mode).bind();
            return new SocketFile(absolute, fd, checked(absolute, fd, uid, gid, mode), warnings);
        }
    }

    private static FileStatus checked(Path path, int fd, int uid, int gid, int mode) throws IOException {
        boolean right = false;
        try {
            FileStatus made = FileStatus.ofEntry(path)
                    .orElseThrow(() -> new IOException("cannot bind " + path + ": it was removed at once by another"));
            if (!made.isSocket() || made.uid() != uid || made.gid() != gid || made.permissions() != mode) {
                throw new IOException(
                        "cannot bind " + path + ": its file came out with another owner, group or mode than"
                                + " asked for; does its directory have the set-group-ID bit or a default ACL?");
            }
            right = true;
            return made;
        } finally {
            if (!right) {
                Files.deleteIfExists(path);
                LibC.close(fd);
            }
        }
    }

    /** Makes room for a socket at the path, or says why that may not be. */
    private static void clear(Path path, Consumer<String> warnings) throws IOException {
        try (PathHandle there = PathHandle.open(path)) {
            if (there == null) {
                return;
            }
            if (!there.identity().isSocket()) {
                throw new IOException("cannot bind " + path + ": what lies there is "
                        + there.identity().kind()
                        + " and not a socket, and is left alone; choose another path with --socket-file");
            }
            if (isAnswering(path, there)) {
                throw new IOException(
                        "cannot bind " + path
                                + ": another authservice is answering there; stop it or choose another path with --socket-file");
            }
        }
        warnings.accept("Replacing the socket " + path + " that a stopped service left behind");
        Files.deleteIfExists(path);
    }

    /** Connects to what was looked at, whatever lies at the path by now. */
    private static boolean isAnswering(Path path, PathHandle socket) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(socket.reference()));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (SocketException e) {
            throw new IOException(
                    "cannot bind " + path + ": a socket lies there that may be in use (" + e.getMessage()
                            + "); stop its service or choose another path with --socket-file",
                    e);
        }
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public boolean hasBacklog() {
        return DescriptorPoll.isReadable(descriptor);
    }

    /** Removes the file, unless another has taken its place meanwhile. */
    @Override
    public void remove() {
        Path directory = path.getParent();
        if (directory == null) {
            return;
        }
        try (DirectoryLock lock = DirectoryLock.of(directory, warnings)) {
            Optional<FileStatus> there = FileStatus.ofEntry(path);
            if (there.isPresent() && there.get().isSameFile(identity)) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            warnings.accept("Cannot remove the socket " + path + ": " + e.getMessage());
        }
    }
}
