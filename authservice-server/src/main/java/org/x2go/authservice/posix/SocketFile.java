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
 * <p>The file has the requested owner, group and mode from its creation. The socket of a killed service is replaced;
 * the socket of a running service and any other file are left unchanged. A missing directory is created. An existing
 * one is never changed, and since it may belong to a user who is not trusted, no link in it is followed.
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
     * Creates the socket and listens on it.
     *
     * @param owner the owner of the file by number, or -1 for the user of this process
     * @param group the group of the file by number, or -1 for the group of this process
     * @param mode the file's permission bits
     * @param warnings receives warnings for the administrator, now and until the socket is removed
     * @throws IOException if the socket cannot be created; the message says why and what to do
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
                            + " for the socket: permission denied; create it, run as root, or choose another path with"
                            + " --socket-file",
                    e);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    "cannot make the directory " + directory + " for the socket: " + e.getFile()
                            + " exists and is not a directory; choose another path with --socket-file",
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
        try {
            FileStatus made = FileStatus.ofEntry(path)
                    .orElseThrow(() -> new IOException("cannot bind " + path + ": another process removed it"));
            if (!made.isSocket()) {
                throw new IOException("cannot bind " + path + ": another process put " + made.kind() + " in its place");
            }
            if (made.uid() != uid || made.gid() != gid || made.permissions() != mode) {
                Files.deleteIfExists(path);
                throw new IOException("cannot bind " + path
                        + ": its file got another owner, group or mode than requested; remove the set-group-ID bit"
                        + " or default ACL of its directory");
            }
            return made;
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
        }
    }

    /** Removes a stale socket at the path, or throws if the path must not be used. */
    private static void clear(Path path, Consumer<String> warnings) throws IOException {
        try (PathHandle there = PathHandle.open(path)) {
            if (there == null) {
                return;
            }
            if (!there.identity().isSocket()) {
                throw new IOException("cannot bind " + path + ": it is "
                        + there.identity().kind()
                        + " and not a socket; choose another path with --socket-file");
            }
            if (isAnswering(path, there)) {
                throw new IOException("cannot bind " + path
                        + ": another authservice uses it: stop it or choose another path with --socket-file");
            }
        }
        warnings.accept("Replacing the socket " + path + " that a stopped service left behind");
        Files.deleteIfExists(path);
    }

    /** Connects to the examined socket, even if the path leads elsewhere by now. */
    private static boolean isAnswering(Path path, PathHandle socket) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(socket.reference()));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (SocketException e) {
            throw new IOException(
                    "cannot bind " + path + ": the socket there may be in use (" + e.getMessage()
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

    /** Removes the file, unless another file has replaced it. */
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
