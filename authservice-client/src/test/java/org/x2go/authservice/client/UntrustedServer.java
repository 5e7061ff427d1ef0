package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A socket that is served by another user, who answers {@code ok} to every line and records what was sent. That user has a number
 * and no name.
 */
public final class UntrustedServer implements AutoCloseable {
    /** Who serves it. */
    public static final String USER = "54321";

    private static final Path SOCAT = Path.of("/usr/bin/socat");
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private final Path socket;
    private final Path sent;
    private final Process process;

    private UntrustedServer(Path socket, Path sent, Process process) {
        this.socket = socket;
        this.sent = sent;
        this.process = process;
    }

    /** Starts one below a directory, whose mode it changes so that the other user may enter it. Requires root. */
    public static UntrustedServer start(Path directory) throws IOException, InterruptedException {
        Prerequisite.root();
        Prerequisite.file(SOCAT);
        Prerequisite.file(SETPRIV);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path serverDirectory = Files.createDirectory(directory.resolve("others"));
        Files.setAttribute(serverDirectory, "unix:uid", Integer.valueOf(USER));
        Path socket = serverDirectory.resolve("s");
        Path sent = serverDirectory.resolve("sent");
        Path script = Files.writeString(directory.resolve("answer"), """
                #!/bin/sh
                while IFS= read -r line; do
                  printf '%s\\n' "$line" >>"$1"
                  echo ok
                done
                """);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process process = new ProcessBuilder(
                        SETPRIV.toString(),
                        "--reuid=" + USER,
                        "--regid=" + USER,
                        "--clear-groups",
                        SOCAT.toString(),
                        "UNIX-LISTEN:" + socket + ",fork",
                        "EXEC:" + script + " " + sent)
                .inheritIO()
                .start();
        Await.until("it listens, or has ended", () -> isListening(socket) || !process.isAlive());
        assertThat(process.isAlive()).isTrue();
        return new UntrustedServer(socket, sent, process);
    }

    public Path socket() {
        return socket;
    }

    /** Everything that was sent, on all connections together. */
    public String sent() throws IOException {
        return Files.exists(sent) ? Files.readString(sent) : "";
    }

    private static boolean isListening(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
