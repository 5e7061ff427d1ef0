package org.x2go.authservice.server;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Path;
import org.x2go.authservice.posix.NativeLibraries;

/** Netty's native library for epoll sockets, which the server needs. */
public final class NativeTransport {
    private static final String WORKDIR = "io.netty.native.workdir";

    private NativeTransport() {}

    /**
     * Loads the library.
     *
     * @throws IOException if it cannot be loaded; the message says what to do
     */
    public static void load() throws IOException {
        try {
            Epoll.ensureAvailability();
        } catch (LinkageError e) {
            Path directory = Path.of(System.getProperty(WORKDIR, System.getProperty("java.io.tmpdir")));
            NativeLibraries.requireWritable("Netty", directory, "-D" + WORKDIR);
            throw NativeLibraries.failure("Netty", directory, "-D" + WORKDIR, e);
        }
    }
}
