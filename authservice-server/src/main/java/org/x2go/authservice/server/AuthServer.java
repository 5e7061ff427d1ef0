package org.x2go.authservice.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AsyncAuthenticator;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.posix.InheritedSocket;
import org.x2go.authservice.posix.ListeningSocket;
import org.x2go.authservice.posix.NativeLibraries;
import org.x2go.authservice.posix.Scheduling;
import org.x2go.authservice.posix.SocketFile;

/**
 * A running service: a Unix domain socket whose peers ask whether credentials are right, and an {@link Authenticator}
 * that
 * decides.
 *
 * <pre>{@code
 * var config = AuthServerConfig.builder(Path.of("/run/site/auth.socket")).build();
 * try (var server = AuthServer.start(config, (credentials, peer) -> AuthResult.fail("closed today"))) {
 *     …
 * }
 * }</pre>
 *
 * <p>It needs Linux (epoll). It needs root only if the authenticator does, or if the socket is to belong to another
 * user. One thread serves the socket; an {@link Authenticator} is called on other threads. All methods are
 * thread-safe.
 */
public final class AuthServer implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(AuthServer.class);

    /** How long {@link #close} waits for steps that take milliseconds. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final AuthServerConfig config;
    private final ListeningSocket socket;
    private final EventLoopGroup loops;
    private final ServerContext context;
    private final ChannelGroup connections;
    private final WipingAllocator allocator;
    private final Channel listener;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Creates the socket and answers requests on it until {@link #close}.
     *
     * @param config the configuration
     * @param authenticator decides about the credentials, on threads of the server; the server does not close it
     * @return the running server
     * @throws IOException if the socket cannot be created; the message says why and what to do
     */
    public static AuthServer start(AuthServerConfig config, Authenticator authenticator) throws IOException {
        return start(config, offloaded(config, authenticator));
    }

    /**
     * Creates the socket and answers requests on it until {@link #close}, with an authenticator that does not block.
     *
     * @param config the configuration
     * @param authenticator creates the authenticator, which the server closes
     * @return the running server
     * @throws IOException if the authenticator or the socket cannot be created; the message says why and what to do
     */
    public static AuthServer start(AuthServerConfig config, AsyncAuthenticatorFactory authenticator)
            throws IOException {
        return start(
                config,
                authenticator,
                () -> SocketFile.bind(
                        config.socketPath(),
                        config.socketOwner(),
                        config.socketGroup(),
                        config.socketMode(),
                        LOG::warn));
    }

    /**
     * Answers requests until {@link #close} on a listening socket that this process inherited, as from a systemd
     * socket unit (sd_listen_fds(3)). Closing the server leaves the socket's file, and connections in the backlog stay
     * for the next server.
     *
     * @param config the configuration; the socket's path, owner, group and mode in it have no effect
     * @param authenticator decides about the credentials, on threads of the server; the server does not close it
     * @param descriptor the socket's descriptor, which the server takes over
     * @return the running server
     * @throws IOException if that is not a listening Unix stream socket with a path; the message says what is wrong
     */
    public static AuthServer adopt(AuthServerConfig config, Authenticator authenticator, int descriptor)
            throws IOException {
        return adopt(config, offloaded(config, authenticator), descriptor);
    }

    /**
     * Answers requests on an inherited socket, as the method above, with an authenticator that does not block.
     *
     * @param config the configuration; the socket's path, owner, group and mode in it have no effect
     * @param authenticator creates the authenticator, which the server closes
     * @param descriptor the socket's descriptor, which the server takes over
     * @return the running server
     * @throws IOException if the authenticator cannot be created, or the socket cannot be used; the message says why
     */
    public static AuthServer adopt(AuthServerConfig config, AsyncAuthenticatorFactory authenticator, int descriptor)
            throws IOException {
        return start(config, authenticator, () -> InheritedSocket.adopt(descriptor));
    }

    private static AsyncAuthenticatorFactory offloaded(AuthServerConfig config, Authenticator authenticator) {
        return loop -> new OffloadedAuthenticator(
                authenticator, config.limit(Limit.WORKERS), config.limit(Limit.MAX_QUEUED_REQUESTS), loop);
    }

    /** Provides a listening socket. */
    private interface SocketSource {
        ListeningSocket open() throws IOException;
    }

    private static AuthServer start(AuthServerConfig config, AsyncAuthenticatorFactory factory, SocketSource source)
            throws IOException {
        // Before the socket's file exists, which a failure would leave behind.
        NativeLibraries.loadJna();
        NativeTransport.load();
        // One loop: a request takes it microseconds, and state that only it uses needs no lock.
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("auth-server", true), EpollIoHandler.newFactory());
        AsyncAuthenticator authenticator = null;
        try {
            // The loop then runs less often, for all events that have gathered: half the context switches.
            loops.next().execute(Scheduling::setBatchPolicy);
            // Before the socket, so that every client that can connect gets a verdict.
            authenticator = factory.open(loops.next());
            return serve(config, source.open(), loops, authenticator);
        } catch (Throwable e) { // Netty throws checked exceptions undeclared
            if (authenticator != null) {
                authenticator.close();
            }
            stop(loops);
            throw e;
        }
    }

    private static AuthServer serve(
            AuthServerConfig config, ListeningSocket socket, EventLoopGroup loops, AsyncAuthenticator authenticator) {
        try {
            return new AuthServer(config, socket, loops, authenticator);
        } catch (Throwable e) { // Netty throws checked exceptions undeclared
            socket.remove();
            throw e;
        }
    }

    private AuthServer(
            AuthServerConfig config, ListeningSocket socket, EventLoopGroup loops, AsyncAuthenticator authenticator) {
        this.config = config;
        this.socket = socket;
        this.loops = loops;
        this.context = new ServerContext(config, authenticator, loops.next());
        this.connections = new DefaultChannelGroup(loops.next());
        this.allocator = new WipingAllocator(config.limit(Limit.MAX_REQUEST_BYTES), context.memory());
        this.listener = new ServerBootstrap()
                .group(loops)
                .handler(new AcceptHandler())
                .channelFactory(() -> new EpollServerDomainSocketChannel(socket.descriptor(), true))
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(config.limit(Limit.MAX_REQUEST_BYTES)).maxMessagesPerRead(1))
                .childHandler(new ConnectionInitializer(config, allocator, context, connections))
                .register()
                .syncUninterruptibly()
                .channel();
    }

    /** The path of the socket. */
    public Path socketPath() {
        return socket.path();
    }

    /**
     * Takes a snapshot of the server's counters on its event loop. The future fails with a {@link
     * java.util.concurrent.RejectedExecutionException} if the server was closed.
     */
    public CompletableFuture<ServerStatistics> statistics() {
        try {
            return CompletableFuture.supplyAsync(() -> context.statistics(connections.size()), loops.next());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The bytes that the memory budget has reserved; for tests. */
    CompletableFuture<Long> reservedMemory() {
        return CompletableFuture.supplyAsync(() -> context.memory().reserved(), loops.next());
    }

    /**
     * Stops the server: removes the socket's file if it is still this server's, accepts the connections that wait in the
     * backlog and no others, closes within a second those that have no request in flight, and waits for the requests, fail
     * delays included, for at most {@link Limit#SHUTDOWN_TIMEOUT}. Blocks until then; closing again does nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        socket.remove();
        acceptBacklog();
        listener.close().syncUninterruptibly();
        onEachConnection(connection -> connection.pipeline().fireUserEventTriggered(AuthenticationHandler.STOP));
        if (!allClosedWithin(config.time(Limit.SHUTDOWN_TIMEOUT))) {
            LOG.warn(
                    "{} connections still waited for a verdict after the shutdown timeout of {} s; they are answered \"error\"",
                    connections.size(),
                    config.time(Limit.SHUTDOWN_TIMEOUT).toSeconds());
            onEachConnection(LingeringClose::begin);
            if (!allClosedWithin(CLOSE_TIMEOUT)) {
                LOG.warn("{} connections could not be closed", connections.size());
            }
        }
        context.authenticator().close();
        stop(loops);
        allocator.close();
    }

    private static void stop(EventLoopGroup loops) {
        loops.shutdownGracefully(0, CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)
                .syncUninterruptibly();
    }

    /** Connections in the backlog of the removed socket get a reply, and are not reset. */
    private void acceptBacklog() {
        Promise<@Nullable Void> empty = loops.next().newPromise();
        loops.next().execute(() -> awaitEmptyBacklog(empty));
        empty.awaitUninterruptibly(CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void awaitEmptyBacklog(Promise<@Nullable Void> empty) {
        if (socket.hasBacklog()) {
            loops.next().schedule(() -> awaitEmptyBacklog(empty), 1, TimeUnit.MILLISECONDS);
        } else {
            empty.trySuccess(null);
        }
    }

    private void onEachConnection(Consumer<Channel> action) {
        loops.next().submit(() -> connections.forEach(action)).syncUninterruptibly();
    }

    private boolean allClosedWithin(Duration time) {
        return connections.newCloseFuture().awaitUninterruptibly(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
