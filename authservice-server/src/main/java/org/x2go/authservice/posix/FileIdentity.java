package org.x2go.authservice.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What lies at a path, seen without following a link: enough to tell one file from another that took its place.
 *
 * @param links how many names the file has
 */
public record FileIdentity(long device, long inode, int mode, int links, int uid, int gid) {
    private static final String ATTRIBUTES = "unix:dev,ino,mode,nlink,uid,gid";

    private static final int S_IFMT = 0170000;
    private static final int S_IFIFO = 0010000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFLNK = 0120000;
    private static final int S_IFSOCK = 0140000;

    /** What lies at the path, or empty if nothing does. */
    public static Optional<FileIdentity> of(Path path) throws IOException {
        try {
            return Optional.of(of(Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** What a descriptor is open on. */
    static FileIdentity ofDescriptor(int descriptor) throws IOException {
        return of(Files.readAttributes(referenceTo(descriptor), ATTRIBUTES));
    }

    /** A path to what a descriptor is open on. */
    static Path referenceTo(int descriptor) {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    private static FileIdentity of(Map<String, Object> file) {
        return new FileIdentity(
                number(file, "dev").longValue(),
                number(file, "ino").longValue(),
                number(file, "mode").intValue(),
                number(file, "nlink").intValue(),
                number(file, "uid").intValue(),
                number(file, "gid").intValue());
    }

    private static Number number(Map<String, Object> file, String attribute) {
        return (Number) Objects.requireNonNull(file.get(attribute));
    }

    public boolean isSocket() {
        return (mode & S_IFMT) == S_IFSOCK;
    }

    public boolean isRegularFile() {
        return (mode & S_IFMT) == S_IFREG;
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

    /** Whether both are the same file, whatever was done to its owner and mode. */
    public boolean isSameFile(FileIdentity other) {
        return device == other.device && inode == other.inode;
    }
}
