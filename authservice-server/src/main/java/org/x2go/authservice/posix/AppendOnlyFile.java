package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * A file opened to be appended to, in a directory that may belong to a user who is not trusted.
 *
 * <p>A log directory may: on Debian /var/log/x2gobroker belongs to the broker. So the path is examined before it is
 * opened, and only a regular file with a single name is accepted: opening a device may have an effect, a symbolic link
 * leads elsewhere, and a hard link may lead to a file that only root may write. In a world-writable directory such as
 * /tmp, another user's file is refused too.
 */
public final class AppendOnlyFile implements AutoCloseable {
    private static final int FLAGS = LibC.O_WRONLY | LibC.O_APPEND;

    /** A rotation may remove the log between the check and the open. */
    private static final int MAX_ATTEMPTS = 5;

    private final Path path;
    private final FileStatus identity;
    private int descriptor;

    /** Whether the last write, by this or another process, may have written only part of a line. */
    private boolean mayEndInsideLine = true;

    private AppendOnlyFile(Path path, int descriptor, FileStatus identity) {
        this.path = path;
        this.descriptor = descriptor;
        this.identity = identity;
    }

    /**
     * Opens a file, and creates it if it is missing.
     *
     * @param permissions the mode of a created file, less the umask
     * @throws IOException if the file cannot be opened, or must not be written to
     */
    public static AppendOnlyFile open(Path path, int permissions) throws IOException {
        try {
            for (int i = 0; i < MAX_ATTEMPTS; i++) {
                try (PathHandle file = PathHandle.open(path)) {
                    if (file != null) {
                        check(path, file.identity());
                        return new AppendOnlyFile(path, file.open(FLAGS), file.identity());
                    }
                }
                create(path, permissions);
            }
            throw new IOException("cannot open " + path + ": another process keeps creating and removing it");
        } catch (LastErrorException e) {
            throw new IOException("cannot open " + path + ": " + Errno.text(e), e);
        }
    }

    /**
     * Checks whether an existing file could be opened, without opening it.
     *
     * @throws IOException if the path must not be written to
     */
    public static void check(Path path) throws IOException {
        try (PathHandle file = PathHandle.open(path)) {
            if (file != null) {
                check(path, file.identity());
            }
        }
    }

    /** Creates the file, unless the path exists by now. */
    private static void create(Path path, int permissions) {
        try {
            LibC.close(LibC.create(path, FLAGS, permissions));
        } catch (LastErrorException e) {
            if (e.getErrorCode() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    private static void check(Path path, FileStatus file) throws IOException {
        if (!file.isRegularFile()) {
            throw refused(path, "it is " + file.kind() + " and not a regular file");
        }
        if (file.links() > 1) {
            throw refused(path, "the file has more than one name (hard link), so it may belong elsewhere");
        }
        int directory =
                (int) Files.getAttribute(Objects.requireNonNull(path.getParent(), "an absolute path"), "unix:uid");
        if (file.uid() != 0 && file.uid() != LibC.geteuid() && file.uid() != directory) {
            throw refused(
                    path,
                    "it belongs to user " + Integer.toUnsignedString(file.uid())
                            + ", who is neither this process's user nor its directory's owner");
        }
    }

    private static IOException refused(Path path, String why) {
        return new IOException("cannot write to " + path + ": " + why + "; choose another file");
    }

    /** Whether the path still leads to this file. */
    public boolean isAtItsPath() throws IOException {
        return FileStatus.ofEntry(path).filter(identity::isSameFile).isPresent();
    }

    /**
     * Appends a line, in one piece if the disk has room for it. After a partly written line it starts a new line
     * first. Not thread-safe.
     *
     * @param line bytes that end with a newline
     * @throws IOException if not all of it could be written
     */
    public void appendLine(byte[] line) throws IOException {
        byte[] bytes = line;
        if (mayEndInsideLine && endsInsideLine()) {
            bytes = new byte[line.length + 1];
            bytes[0] = '\n';
            System.arraycopy(line, 0, bytes, 1, line.length);
        }
        mayEndInsideLine = true;
        try {
            for (int written = 0; written < bytes.length; ) {
                byte[] rest = written == 0 ? bytes : Arrays.copyOfRange(bytes, written, bytes.length);
                written += (int) LibC.write(descriptor, rest, rest.length);
            }
            mayEndInsideLine = false;
        } catch (LastErrorException e) {
            throw new IOException("cannot write to " + path + ": " + Errno.text(e), e);
        }
    }

    /** Whether the file ends without a newline. */
    private boolean endsInsideLine() throws IOException {
        try (RandomAccessFile content =
                new RandomAccessFile(PathHandle.referenceTo(descriptor).toFile(), "r")) {
            long length = content.length();
            content.seek(Math.max(0, length - 1));
            return length > 0 && content.read() != '\n';
        } catch (FileNotFoundException e) {
            // This process may write to the file, but not read it.
            return false;
        }
    }

    /** Makes a descriptor of this process, such as 2 for standard error, refer to the file (dup2(2)). */
    public void redirect(int standardDescriptor) throws IOException {
        Errno.check("send output to " + path, () -> LibC.dup2(descriptor, standardDescriptor));
    }

    @Override
    public void close() {
        if (descriptor >= 0) {
            LibC.close(descriptor);
            // From here on the number may belong to another file.
            descriptor = -1;
        }
    }
}
