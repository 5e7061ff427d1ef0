package org.x2go.authservice.posix;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The attributes of a file by statx(2). The "unix:" attributes of java.nio.file cost ten times as much, which matters
 * because several files are checked for each request.
 *
 * @param mode its kind and permissions
 * @param links how many names the file has
 * @param uid its owner
 * @param gid its group
 * @param device the device that holds it
 * @param inode its number there
 * @param size its size in bytes
 * @param changedNanos when the inode was last changed, in nanoseconds since 1970
 */
public record FileStatus(int mode, int links, int uid, int gid, long device, long inode, long size, long changedNanos) {
    private static final int BYTES = 256;
    private static final int BASIC_STATS = 0x7ff;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final byte[] NO_PATH = CString.of("");

    private static final int LINKS = 16;
    private static final int UID = 20;
    private static final int GID = 24;
    private static final int MODE = 28;
    private static final int INODE = 32;
    private static final int SIZE = 40;
    private static final int CHANGED_SECONDS = 96;
    private static final int CHANGED_NANOS = 104;
    private static final int DEVICE_MAJOR = 136;
    private static final int DEVICE_MINOR = 140;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final int S_IFMT = 0170000;
    private static final int S_IFIFO = 0010000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFLNK = 0120000;
    private static final int S_IFSOCK = 0140000;

    /**
     * The status of the file at a path; links are followed.
     *
     * @param path the path, as {@link CString} makes it
     * @return empty if there is nothing
     * @throws IOException if this process may not look
     */
    public static Optional<FileStatus> of(byte[] path) throws IOException {
        return at(AT_FDCWD, path, 0);
    }

    /**
     * The status of the file at a path; links are not followed.
     *
     * @return empty if there is nothing
     * @throws IOException if this process may not look
     */
    public static Optional<FileStatus> ofEntry(Path path) throws IOException {
        return at(AT_FDCWD, CString.of(path.toString()), AT_SYMLINK_NOFOLLOW);
    }

    /** The status of the file of a descriptor; empty if the descriptor is closed. */
    static Optional<FileStatus> ofDescriptor(int descriptor) throws IOException {
        return at(descriptor, NO_PATH, AT_EMPTY_PATH);
    }

    private static Optional<FileStatus> at(int directory, byte[] path, int flags) throws IOException {
        byte[] statx = new byte[BYTES];
        if (LibC.statx(directory, path, flags, BASIC_STATS, statx) != 0) {
            int error = Native.getLastError();
            if (error == Errno.ENOENT || error == Errno.ENOTDIR || error == Errno.EBADF) {
                return Optional.empty();
            }
            String where = new String(path, 0, path.length - 1, StandardCharsets.UTF_8);
            throw new IOException("cannot examine " + where + ": " + LibC.strerror(error));
        }
        ByteBuffer fields = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
        return Optional.of(new FileStatus(
                Short.toUnsignedInt(fields.getShort(MODE)),
                fields.getInt(LINKS),
                fields.getInt(UID),
                fields.getInt(GID),
                (long) fields.getInt(DEVICE_MAJOR) << Integer.SIZE
                        | Integer.toUnsignedLong(fields.getInt(DEVICE_MINOR)),
                fields.getLong(INODE),
                fields.getLong(SIZE),
                fields.getLong(CHANGED_SECONDS) * NANOS_PER_SECOND + fields.getInt(CHANGED_NANOS)));
    }

    public boolean isSocket() {
        return (mode & S_IFMT) == S_IFSOCK;
    }

    public boolean isRegularFile() {
        return (mode & S_IFMT) == S_IFREG;
    }

    public boolean isDirectory() {
        return (mode & S_IFMT) == S_IFDIR;
    }

    /** What kind of file it is, in words. */
    public String kind() {
        return switch (mode & S_IFMT) {
            case S_IFREG -> "a regular file";
            case S_IFDIR -> "a directory";
            case S_IFLNK -> "a symbolic link";
            case S_IFSOCK -> "a socket";
            case S_IFIFO -> "a named pipe";
            default -> "a device";
        };
    }

    int permissions() {
        return mode & 07777;
    }

    /** Whether both are the same file, by device and inode. */
    public boolean isSameFile(FileStatus other) {
        return device == other.device && inode == other.inode;
    }
}
