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
 * <p>Log directories do: on Debian /var/log/x2gobroker is the broker's. So what lies there is looked at before it is opened,
 * and anything but a regular file with a single name is left alone: opening a device may have an effect, a symbolic link leads
 * elsewhere, and a second name could be one for a file elsewhere that only root may write. In a directory that all may
 * write to, as /tmp, a file of a stranger's is not taken either.
 */
public final class AppendOnlyFile implements AutoCloseable {
    private static final int FLAGS = LibC.O_WRONLY | LibC.O_APPEND;

    /** A log that is rotated may come and go between two looks at it. */
    private static final int TRIES = 5;

    private final Path path;
    private final FileStatus identity;
    private int descriptor;

    /** Whether somebody, this process not excepted, may have been cut short in the middle of a line. */
    private boolean mayEndInsideLine = true;

    private AppendOnlyFile(Path path, int descriptor, FileStatus identity) {
        this.path = path;
        this.descriptor = descriptor;
        this.identity = identity;
    }

    /**
     * Opens a file, and makes it if it is missing.
     *
     * @param permissions the mode of a file that is made here, less the umask
     * @throws IOException if that cannot be done, or if something lies there that must not be written to
     */
    public static AppendOnlyFile open(Path path, int permissions) throws IOException {
        try {
            for (int i = 0; i < TRIES; i++) {
                try (PathHandle file = PathHandle.open(path)) {
                    if (file != null) {
                        check(path, file.identity());
                        return new AppendOnlyFile(path, file.open(FLAGS), file.identity());
                    }
                }
                create(path, permissions);
            }
            throw new IOException("cannot open " + path + ": others make and remove it all the time");
        } catch (LastErrorException e) {
            throw new IOException("cannot open " + path + ": " + Errno.text(e), e);
        }
    }

    /**
     * Looks whether a file that is there already could be opened, and opens nothing.
     *
     * @throws IOException if something lies there that must not be written to
     */
    public static void check(Path path) throws IOException {
        try (PathHandle file = PathHandle.open(path)) {
            if (file != null) {
                check(path, file.identity());
            }
        }
    }

    /** Makes a file, unless something is there now. */
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
            throw refused(path, "the file has more than one name (hard link), so it may be one that lies elsewhere");
        }
        int directory =
                (int) Files.getAttribute(Objects.requireNonNull(path.getParent(), "an absolute path"), "unix:uid");
        if (file.uid() != 0 && file.uid() != LibC.geteuid() && file.uid() != directory) {
            throw refused(
                    path,
                    "it belongs to user " + Integer.toUnsignedString(file.uid())
                            + ", and neither to this process's user nor to whom its directory belongs to");
        }
    }

    private static IOException refused(Path path, String why) {
        return new IOException("cannot write to " + path + ": " + why + "; choose another file");
    }

    /** Whether this file still is the one at the path that it was opened by. */
    public boolean isAtItsPath() throws IOException {
        return FileStatus.ofEntry(path).filter(identity::isSameFile).isPresent();
    }

    /**
     * Appends a line, in one piece if the disk has room for it. After one that was written in part this begins a line of its
     * own. Not thread-safe.
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

    /** Whether what is in the file ends without a newline. */
    private boolean endsInsideLine() throws IOException {
        try (RandomAccessFile content =
                new RandomAccessFile(PathHandle.referenceTo(descriptor).toFile(), "r")) {
            long length = content.length();
            content.seek(Math.max(0, length - 1));
            return length > 0 && content.read() != '\n';
        } catch (FileNotFoundException e) {
            // This process may write to the file, and not read it.
            return false;
        }
    }

    /** Puts the file in the place of one of this process's descriptors, such as 2 for its standard error. */
    public void redirect(int standardDescriptor) throws IOException {
        Errno.check("send output to " + path, () -> LibC.dup2(descriptor, standardDescriptor));
    }

    @Override
    public void close() {
        if (descriptor >= 0) {
            LibC.close(descriptor);
            // Its number may be another file's from here on.
            descriptor = -1;
        }
    }
}
