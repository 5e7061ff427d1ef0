package org.x2go.authservice.posix;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLibrary;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * A file opened to be appended to, in a directory that may belong to a user who is not trusted.
 *
 * <p>Log directories do: on Debian /var/log/x2gobroker is the broker's. So a symbolic link is never followed, and what was
 * opened is looked at through its descriptor, not through its path, before a byte is written: anything but a regular file
 * with a single name is refused. A second name could be one for a file elsewhere that only root may write.
 */
public final class AppendOnlyFile implements AutoCloseable {
    private static final int O_WRONLY = 1;
    private static final int O_CREAT = 0100;
    private static final int O_NOCTTY = 0400;
    private static final int O_APPEND = 02000;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;

    private static final int ELOOP = 40;
    private static final int S_IFMT = 0170000;
    private static final int S_IFREG = 0100000;

    private static final Function OPEN = function("open");
    private static final Function DUP2 = function("dup2");
    private static final Function CLOSE = function("close");

    private final Path path;
    private final int descriptor;
    private final Object identity;

    private AppendOnlyFile(Path path, int descriptor, Object identity) {
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
        int descriptor;
        try {
            // Without O_NONBLOCK a named pipe put there would hold up the open until somebody reads from it.
            int flags = O_WRONLY | O_CREAT | O_APPEND | LibC.O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
            descriptor = OPEN.invokeInt(new Object[] {cString(path), flags, permissions});
        } catch (LastErrorException e) {
            throw new IOException("cannot open " + path + ": " + reason(e), e);
        }
        try {
            return new AppendOnlyFile(path, descriptor, checked(path, descriptor));
        } catch (IOException e) {
            CLOSE.invokeInt(new Object[] {descriptor});
            throw e;
        }
    }

    private static Object checked(Path path, int descriptor) throws IOException {
        Map<String, Object> file = Files.readAttributes(ofDescriptor(descriptor), "unix:mode,nlink,fileKey");
        if (((int) get(file, "mode") & S_IFMT) != S_IFREG) {
            throw new IOException("cannot write to " + path + ": it is not a regular file; remove it");
        }
        if ((int) get(file, "nlink") > 1) {
            throw new IOException("cannot write to " + path
                    + ": the file has more than one name (hard link), so it may be one that lies elsewhere; remove it");
        }
        return get(file, "fileKey");
    }

    private static Object get(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }

    private static Path ofDescriptor(int descriptor) {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    private static String reason(LastErrorException error) {
        return error.getErrorCode() == ELOOP
                ? "it is a symbolic link, and those are not followed here; remove it"
                : ProcessControl.errorText(error);
    }

    /** Which file was opened, to be compared with what {@code BasicFileAttributes.fileKey()} says of a path. */
    public Object identity() {
        return identity;
    }

    /** A stream that appends to the file, whatever becomes of its path. Closing this file does not close the stream. */
    public FileOutputStream stream() throws IOException {
        return new FileOutputStream(ofDescriptor(descriptor).toFile(), true);
    }

    /** Puts the file in the place of one of this process's descriptors, such as 2 for its standard error. */
    public void standInFor(int standardDescriptor) throws IOException {
        try {
            DUP2.invokeInt(new Object[] {descriptor, standardDescriptor});
        } catch (LastErrorException e) {
            throw new IOException("cannot send output to " + path + ": " + ProcessControl.errorText(e), e);
        }
    }

    @Override
    public void close() {
        CLOSE.invokeInt(new Object[] {descriptor});
    }

    private static Function function(String name) {
        return NativeLibrary.getInstance("c").getFunction(name, Function.THROW_LAST_ERROR);
    }

    private static byte[] cString(Path path) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
