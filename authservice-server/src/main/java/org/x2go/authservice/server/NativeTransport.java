package org.x2go.authservice.server;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Path;
import org.x2go.authservice.posix.NativeLibraries;

/** Netty's library for Linux's sockets, without which there is no server. */
public final class NativeTransport {
    private static final String WORKDIR = "io.netty.native.workdir";

    private NativeTransport() {}

    /**
     * Loads it.
     *
     * @throws IOException if that cannot be done; the message says what to do
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
