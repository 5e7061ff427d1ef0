package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.TestScope;

@Timeout(120)
class SocketFileTest {
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    private static final int STRANGER = 4_000_000;

    /** How many starts are tried until what must not happen counts as impossible. */
    private static final int STARTS = TestScope.choose(300, 3000);

    @TempDir
    private Path directory;

    private static int attribute(Path path, String name) throws IOException {
        return (int) Files.getAttribute(path, "unix:" + name, LinkOption.NOFOLLOW_LINKS);
    }

    private static int permissions(Path path) throws IOException {
        return attribute(path, "mode") & 07777;
    }

    private static void close(SocketFile socket) {
        socket.remove();
        LibC.close(socket.descriptor());
    }

    @Test
    void ownerIsSetEvenIfThatUserMayNotWriteThere() throws IOException {
        Requirements.root();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path path = directory.resolve("s");
        SocketFile socket = SocketFile.bind(path, STRANGER, STRANGER + 1, 0660, warnings::add);
        assertThat(attribute(path, "uid")).isEqualTo(STRANGER);
        assertThat(attribute(path, "gid")).isEqualTo(STRANGER + 1);
        assertThat(permissions(path)).isEqualTo(0660);
        close(socket);
        assertThat(path).doesNotExist();
    }

    @Test
    void fileInPlaceOfTheDirectoryIsNamed() throws IOException {
        Path file = Files.createFile(directory.resolve("f"));
        assertThatThrownBy(() -> SocketFile.bind(file.resolve("s"), -1, -1, 0600, warnings::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + " exists and is not a directory")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void bindLeavesUmaskAndFilesystemUserUnchanged() throws IOException {
        Requirements.root();
        int umask = umask();
        close(SocketFile.bind(directory.resolve("s"), STRANGER, STRANGER, 0666, warnings::add));
        Path file = Files.createFile(directory.resolve("f"));
        assertThat(attribute(file, "uid")).isZero();
        assertThat(umask()).isEqualTo(umask);
    }

    private static int umask() {
        int umask = LibC.umask(077);
        LibC.umask(umask);
        return umask;
    }

    @Test
    void setgidDirectoryThatChangesTheGroupIsNamed() throws IOException {
        Requirements.root();
        Files.setAttribute(directory, "unix:gid", STRANGER);
        Files.setAttribute(directory, "unix:mode", 02755);
        Path path = directory.resolve("s");
        assertThatThrownBy(() -> SocketFile.bind(path, -1, 0, 0600, warnings::add))
                .hasMessageContaining("set-group-ID");
        assertThat(path).doesNotExist();
    }

    @Test
    void modeIsNeverWiderThanAskedFor() throws Exception {
        Path path = directory.resolve("s");
        AtomicBoolean watching = new AtomicBoolean(true);
        AtomicInteger widest = new AtomicInteger();
        AtomicInteger seen = new AtomicInteger();
        Thread watcher = new Thread(() -> {
            while (watching.get()) {
                try {
                    int mode = permissions(path);
                    widest.accumulateAndGet(mode, (a, b) -> a | b);
                    seen.incrementAndGet();
                } catch (IOException e) {
                    // Between one socket and the next there is none.
                    Thread.onSpinWait();
                }
            }
        });
        watcher.start();
        for (int i = 0; i < STARTS; i++) {
            close(SocketFile.bind(path, -1, -1, 0620, warnings::add));
        }
        watching.set(false);
        watcher.join();
        assertThat(seen.get()).isPositive();
        assertThat(widest.get()).isEqualTo(0620);
    }

    /** Whoever owns the directory swaps a stale socket for a link while it is looked at. */
    @Test
    void linkInPlaceOfAStaleSocketIsNotFollowed() throws Exception {
        Path path = directory.resolve("s");
        AtomicBoolean swapping = new AtomicBoolean(true);
        try (ServerSocketChannel guarded = listening(directory.resolve("guarded"))) {
            guarded.configureBlocking(false);
            Path next = directory.resolve("next");
            Path stale = directory.resolve("stale");
            listening(stale).close();
            Thread swapper = new Thread(() -> {
                while (swapping.get()) {
                    try {
                        Files.createLink(next, stale);
                        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
                        Files.createSymbolicLink(next, directory.resolve("guarded"));
                        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            swapper.start();
            int connections = 0;
            int refused = 0;
            while (refused < STARTS) {
                try {
                    close(SocketFile.bind(path, -1, -1, 0600, warnings::add));
                } catch (IOException e) {
                    refused++;
                }
                try (SocketChannel connection = guarded.accept()) {
                    connections += connection == null ? 0 : 1;
                }
            }
            swapping.set(false);
            swapper.join();
            assertThat(connections).isZero();
        }
    }

    private static ServerSocketChannel listening(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    @Test
    void oneOfTwoConcurrentStartsGetsThePath() throws Exception {
        Path path = directory.resolve("s");
        for (int i = 0; i < 50; i++) {
            AtomicInteger bound = new AtomicInteger();
            Thread[] starters = new Thread[4];
            SocketFile[] sockets = new SocketFile[starters.length];
            for (int n = 0; n < starters.length; n++) {
                int number = n;
                starters[n] = new Thread(() -> {
                    try {
                        sockets[number] = SocketFile.bind(path, -1, -1, 0600, warnings::add);
                        bound.incrementAndGet();
                    } catch (IOException e) {
                        assertThat(e).hasMessageContaining("another authservice uses it");
                    }
                });
                starters[n].start();
            }
            for (Thread starter : starters) {
                starter.join();
            }
            assertThat(bound.get()).isEqualTo(1);
            for (SocketFile socket : sockets) {
                if (socket != null) {
                    close(socket);
                }
            }
        }
    }
}
