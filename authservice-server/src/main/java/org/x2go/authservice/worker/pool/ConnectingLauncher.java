package org.x2go.authservice.worker.pool;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.Diagnostics;

/**
 * Connects to a socket for which another program, such as systemd with {@code Accept=yes}, starts a worker for each
 * connection. A worker exits when its connection is closed.
 */
public final class ConnectingLauncher implements WorkerLauncher {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** The interval of retries while the socket's backlog is full (EAGAIN), for which there is no event. */
    private static final long RETRY_MILLIS = 20;

    private final Path socket;
    private final Diagnostics diagnostics;
    private final Duration timeout;

    /** @param socket the socket of the program that starts a worker for each connection */
    public ConnectingLauncher(Path socket, Diagnostics diagnostics) {
        this(socket, diagnostics, TIMEOUT);
    }

    ConnectingLauncher(Path socket, Diagnostics diagnostics, Duration timeout) {
        this.socket = socket;
        this.diagnostics = diagnostics;
        this.timeout = timeout;
    }

    @Override
    public CompletionStage<WorkerChannel> launch(EventLoop loop) {
        CompletableFuture<WorkerChannel> launched = new CompletableFuture<>();
        connect(loop, launched, loop.ticker().nanoTime() + timeout.toNanos());
        return launched;
    }

    private void connect(EventLoop loop, CompletableFuture<WorkerChannel> launched, long deadline) {
        CompletableFuture<WorkerChannel> made = new CompletableFuture<>();
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        made.complete(WorkerChannel.over(channel, null, diagnostics));
                    }
                })
                .connect(new DomainSocketAddress(socket.toFile()))
                .addListener(connected -> {
                    if (connected.isSuccess()) {
                        launched.complete(made.join());
                    } else {
                        // If there is no free descriptor, Netty fails on another thread.
                        loop.execute(() -> failed(loop, launched, deadline, connected.cause()));
                    }
                });
    }

    private void failed(EventLoop loop, CompletableFuture<WorkerChannel> launched, long deadline, Throwable cause) {
        if (isBacklogFull(cause) && loop.ticker().nanoTime() - deadline < 0) {
            loop.schedule(() -> connect(loop, launched, deadline), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            launched.completeExceptionally(new IOException(
                    "cannot connect to " + socket + ": " + cause.getMessage()
                            + "; start the program that listens there, under systemd the unit with this ListenStream="
                            + " (x2gobroker-authservice-worker.socket)",
                    cause));
        }
    }

    /** Netty has the error's number in its message only. */
    private static boolean isBacklogFull(Throwable cause) {
        return cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("error(" + Errors.ERRNO_EAGAIN_NEGATIVE + ")");
    }

    /** Does nothing: a worker exits when its connection is closed. */
    @Override
    public void close() {}
}
