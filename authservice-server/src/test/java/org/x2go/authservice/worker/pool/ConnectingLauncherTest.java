package org.x2go.authservice.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.RecordingDiagnostics;
import org.x2go.authservice.worker.wire.Reply;

/** Connections to the socket for which another program starts workers. */
class ConnectingLauncherTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int BACKLOG = 1;
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    private Path directory;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final List<SocketChannel> waiting = new ArrayList<>();
    private Path socket;
    private ServerSocketChannel listener;

    @BeforeEach
    void listen() throws IOException {
        socket = directory.resolve("workers");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel each : waiting) {
            each.close();
        }
        listener.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Connects until the kernel refuses another connection with EAGAIN. */
    private void fillTheBacklog() throws IOException {
        try {
            while (true) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                waiting.add(channel);
                channel.configureBlocking(false);
                channel.connect(UnixDomainSocketAddress.of(socket));
            }
        } catch (SocketException e) {
            assertThat(e).hasMessage("Resource temporarily unavailable");
        }
    }

    private CompletableFuture<WorkerChannel> launch(Path at, Duration timeout) {
        ConnectingLauncher launcher = new ConnectingLauncher(at, new RecordingDiagnostics(), timeout);
        return CompletableFuture.supplyAsync(() -> launcher.launch(loop), loop)
                .thenCompose(stage -> stage)
                .whenComplete(
                        (channel, failure) -> assertThat(loop.inEventLoop()).isTrue());
    }

    @Test
    void fullBacklogIsRetried() throws Exception {
        fillTheBacklog();
        CompletableFuture<WorkerChannel> launched = launch(socket, LONG);
        // After this task the loop has tried to connect once.
        loop.submit(() -> {}).sync();
        assertThat(launched).isNotDone();
        // Without the last one, which was refused.
        for (int i = 1; i < waiting.size(); i++) {
            listener.accept().close();
        }
        assertThat(launched.get(1, TimeUnit.MINUTES)).isNotNull();
    }

    @Test
    void fullBacklogFailsAtTheDeadline() throws Exception {
        fillTheBacklog();
        CompletableFuture<WorkerChannel> launched = launch(socket, Duration.ofMillis(50));
        assertThatThrownBy(() -> launched.get(1, TimeUnit.MINUTES))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessageContaining("cannot connect to " + socket)
                .hasMessageContaining("temporarily unavailable");
    }

    @Test
    void missingSocketFailsAtOnce() {
        CompletableFuture<WorkerChannel> launched = launch(directory.resolve("none"), LONG);
        assertThatThrownBy(() -> launched.get(1, TimeUnit.MINUTES))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessageContaining("x2gobroker-authservice-worker.socket");
    }

    @Test
    void workerThatDoesNotReadFailsAtTheDeadline() throws Exception {
        ConnectingLauncher launcher = new ConnectingLauncher(socket, new RecordingDiagnostics());
        CompletableFuture<WorkerPool> opened = CompletableFuture.supplyAsync(() -> open(launcher));
        try (SocketChannel worker = listener.accept()) {
            ByteBuffer ready = ByteBuffer.allocate(64);
            new Reply.Ready(1).encode(ready);
            worker.write(ready.flip());
            try (WorkerPool pool = opened.get(1, TimeUnit.MINUTES)) {
                // More than the socket's buffer holds for a worker that reads nothing.
                Credentials credentials = Credentials.copyOf("alice", ByteBuffer.allocate(MEGABYTE), "service");
                PeerCredentials peer = new PeerCredentials(1, 2, 3);
                CompletableFuture<AuthResult> request = CompletableFuture.supplyAsync(
                                () -> pool.authenticate(credentials, peer), loop)
                        .get(1, TimeUnit.MINUTES);
                assertThat(request).isNotDone();
                loop.submit(() -> request.cancel(true)).sync();
                assertThat(request.join().verdict()).isEqualTo(Verdict.ERROR);
                assertThat(request.join().reason()).contains("no verdict from PAM in time");
                assertThat(bytesUntilTheEnd(worker)).isLessThan(MEGABYTE);
            }
        }
    }

    @Test
    void interruptedOpeningIsExplained() {
        ConnectingLauncher launcher = new ConnectingLauncher(socket, new RecordingDiagnostics());
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> WorkerPool.open(loop, launcher, 1, 10, new RecordingDiagnostics()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("interrupted while the first PAM worker was starting");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private WorkerPool open(WorkerLauncher launcher) {
        try {
            return WorkerPool.open(loop, launcher, 1, 10, new RecordingDiagnostics());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int bytesUntilTheEnd(SocketChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(2 * MEGABYTE);
        while (channel.read(bytes) >= 0) {
            assertThat(bytes.hasRemaining()).isTrue();
        }
        return bytes.position();
    }
}
