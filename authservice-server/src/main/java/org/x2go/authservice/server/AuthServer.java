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
 * A running service: a Unix domain socket whose peers ask whether credentials are right, and an {@link Authenticator} that
 * decides.
 *
 * <pre>{@code
 * var config = AuthServerConfig.builder(Path.of("/run/site/auth.socket")).build();
 * try (var server = AuthServer.start(config, (credentials, peer) -> AuthResult.fail("closed today"))) {
 *     …
 * }
 * }</pre>
 *
 * <p>It needs Linux (epoll) and neither PAM nor root: those are the authenticator's business, and that of who asks for a
 * socket that belongs to somebody else. One thread does all of the socket's work; the authenticator is called on threads of
 * its own. All methods are thread-safe.
 */
public final class AuthServer implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(AuthServer.class);

    /** How long closing waits for what should take no time at all. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private final AuthServerConfig config;
    private final ListeningSocket socket;
    private final EventLoopGroup loops;
    private final ServerContext context;
    private final ChannelGroup connections;
    private final Channel listener;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Makes the socket and answers requests on it until {@link #close}.
     *
     * @param authenticator what decides, asked on threads of the server's; closing it, if it needs that, stays the caller's
     *     business
     * @throws IOException if the socket cannot be made; the message says why, and what can be done
     */
    public static AuthServer start(AuthServerConfig config, Authenticator authenticator) throws IOException {
        return start(config, offloaded(config, authenticator));
    }

    /**
     * As the method above, for an authenticator that blocks nobody.
     *
     * @param authenticator makes it
     * @throws IOException if the authenticator or the socket cannot be made; the message says why, and what can be done
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
     * Answers requests on a listening socket that whoever started this process has made, as systemd does for socket units
     * (sd_listen_fds(3)), until {@link #close}. Its file stays when the server is closed, and so do, for the next server,
     * the connections that were not accepted.
     *
     * @param config how to run; what it says about the socket's path, owner, group and mode has no effect here
     * @param authenticator what decides, asked on threads of the server's; closing it, if it needs that, stays the caller's
     *     business
     * @param descriptor the socket's descriptor, which is the server's from here on
     * @throws IOException if that is not a Unix stream socket with a path that listens; the message says what it is
     */
    public static AuthServer adopt(AuthServerConfig config, Authenticator authenticator, int descriptor)
            throws IOException {
        return adopt(config, offloaded(config, authenticator), descriptor);
    }

    /**
     * As the method above, for an authenticator that blocks nobody.
     *
     * @param authenticator makes it
     * @throws IOException if the authenticator cannot be made, or the socket cannot be used; the message says why
     */
    public static AuthServer adopt(AuthServerConfig config, AsyncAuthenticatorFactory authenticator, int descriptor)
            throws IOException {
        return start(config, authenticator, () -> InheritedSocket.adopt(descriptor));
    }

    private static AsyncAuthenticatorFactory offloaded(AuthServerConfig config, Authenticator authenticator) {
        return loop -> new OffloadedAuthenticator(
                authenticator, config.limit(Limit.WORKERS), config.limit(Limit.MAX_QUEUED_REQUESTS), loop);
    }

    /** Gets a socket that listens. */
    private interface SocketSource {
        ListeningSocket open() throws IOException;
    }

    private static AuthServer start(AuthServerConfig config, AsyncAuthenticatorFactory factory, SocketSource source)
            throws IOException {
        // Before there is a file that would be left behind.
        NativeLibraries.loadJna();
        NativeTransport.load();
        // One loop: a request costs it microseconds, and what only it touches needs no lock.
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("auth-server", true), EpollIoHandler.newFactory());
        AsyncAuthenticator authenticator = null;
        try {
            // What has come together by the time that it runs, it does in one go, for half the switches between
            // threads.
            loops.next().execute(Scheduling::setBatchPolicy);
            // Before the socket: whoever can connect gets a verdict.
            authenticator = factory.open(loops.next());
            return serve(config, source.open(), loops, authenticator);
        } catch (IOException | RuntimeException | Error e) {
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
        } catch (RuntimeException | Error e) {
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
        WipingAllocator allocator = new WipingAllocator(config.limit(Limit.MAX_REQUEST_BYTES), context.memory());
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

    /** Where the socket is. */
    public Path socketPath() {
        return socket.path();
    }

    /**
     * What the server is doing, and has done so far; taken by its event loop as soon as that gets round to it. Fails with a
     * {@link java.util.concurrent.RejectedExecutionException} when the server has been closed.
     */
    public CompletableFuture<ServerStatistics> statistics() {
        try {
            return CompletableFuture.supplyAsync(() -> context.statistics(connections.size()), loops.next());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** How much memory holds what peers have sent; for tests. */
    CompletableFuture<Long> reservedMemory() {
        return CompletableFuture.supplyAsync(() -> context.memory().reserved(), loops.next());
    }

    /**
     * Stops: removes the socket's file if it is still this server's, takes no more connections, closes those that ask for
     * nothing within a second, and gives the requests in flight the configured grace time to be answered, fail delays included. Closing
     * again does nothing.
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
                    "{} connections still waited for a verdict after the grace time of {} s: they are answered \"error\"",
                    connections.size(),
                    config.time(Limit.SHUTDOWN_TIMEOUT).toSeconds());
            onEachConnection(LingeringClose::begin);
            if (!allClosedWithin(AT_ONCE)) {
                LOG.warn("{} connections could not be closed", connections.size());
            }
        }
        context.authenticator().close();
        stop(loops);
    }

    private static void stop(EventLoopGroup loops) {
        loops.shutdownGracefully(0, AT_ONCE.toNanos(), TimeUnit.NANOSECONDS).syncUninterruptibly();
    }

    /** Who has connected to a socket that is no more is told, as the others are, and not reset. */
    private void acceptBacklog() {
        Promise<@Nullable Void> empty = loops.next().newPromise();
        loops.next().execute(() -> awaitEmptyBacklog(empty));
        empty.awaitUninterruptibly(AT_ONCE.toNanos(), TimeUnit.NANOSECONDS);
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
