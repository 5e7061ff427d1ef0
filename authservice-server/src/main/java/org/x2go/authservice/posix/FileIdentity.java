package org.x2go.authservice.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What lies at a path, seen without following a link: enough to tell one file from another that took its place. */
record FileIdentity(long device, long inode, int mode, int uid, int gid) {
    private static final int S_IFMT = 0xF000;
    private static final int S_IFSOCK = 0xC000;

    /** What lies at the path, or empty if nothing does. */
    static Optional<FileIdentity> of(Path path) throws IOException {
        try {
            Map<String, Object> file =
                    Files.readAttributes(path, "unix:dev,ino,mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new FileIdentity(
                    number(file, "dev").longValue(),
                    number(file, "ino").longValue(),
                    number(file, "mode").intValue(),
                    number(file, "uid").intValue(),
                    number(file, "gid").intValue()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Number number(Map<String, Object> file, String attribute) {
        return (Number) Objects.requireNonNull(file.get(attribute));
    }

    boolean isSocket() {
        return (mode & S_IFMT) == S_IFSOCK;
    }

    int permissions() {
        return mode & 07777;
    }

    /** Whether both are the same file, whatever was done to its owner and mode. */
    boolean isSameFile(FileIdentity other) {
        return device == other.device && inode == other.inode;
    }
}
