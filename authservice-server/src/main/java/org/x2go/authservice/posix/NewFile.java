package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A regular file that is made, with the mode that is asked for and not one that depends on this process's umask. */
public final class NewFile {
    private static final int OWNERS = 0600;

    private NewFile() {}

    /**
     * Makes a file where nothing is, and opens it to be written to.
     *
     * @throws IOException if it cannot be made, or something is there, a link among others
     */
    public static OutputStream create(Path path, int mode) throws IOException {
        try {
            int descriptor = LibC.create(path, LibC.O_WRONLY, OWNERS);
            try {
                LibC.fchmod(descriptor, mode);
                return Files.newOutputStream(FileIdentity.referenceTo(descriptor));
            } finally {
                LibC.close(descriptor);
            }
        } catch (LastErrorException e) {
            throw new IOException("cannot make " + path + ": " + Errno.text(e), e);
        }
    }
}
