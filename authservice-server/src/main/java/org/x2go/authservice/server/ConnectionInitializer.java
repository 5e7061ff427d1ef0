package org.x2go.authservice.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.posix.OpenFiles;
import org.x2go.authservice.posix.PeerGroups;

/**
 * Admits connections, or refuses them, and builds the pipeline of those that it admits: bytes, lines, credentials,
 * verdicts, bytes.
 */
final class ConnectionInitializer extends ChannelInitializer<EpollDomainSocketChannel> {
    private static final Logger LOG = LogManager.getLogger(ConnectionInitializer.class);

    /** How many refused connections may be open besides, each for as long as it lingers. */
    private static final int MAX_LINGERING = 256;

    /** What the process has open apart from connections: jars, the log, the event loop's own. */
    private static final int OWN_FILES = 64;

    /** What the PAM modules of one worker may have open at a time. */
    private static final int FILES_OF_A_WORKER = 16;

    private static final int FEWEST_CONNECTIONS = 16;

    private final AuthServerConfig config;
    private final WipingAllocator allocator;
    private final ServerContext context;
    private final ChannelGroup connections;
    private final int maxConnections;
    private final LogRateLimiter tooMany = new LogRateLimiter();
    private final LogRateLimiter notAllowed = new LogRateLimiter();

    ConnectionInitializer(
            AuthServerConfig config, WipingAllocator allocator, ServerContext context, ChannelGroup connections) {
        this.config = config;
        this.allocator = allocator;
        this.context = context;
        this.connections = connections;
        this.maxConnections = maxConnections(config);
    }

    /**
     * As many as configured, but never so many that they leave no files for PAM: peers could then make every login an
     * error.
     */
    private static int maxConnections(AuthServerConfig config) {
        int limit = OpenFiles.limit();
        int reserved = OWN_FILES + FILES_OF_A_WORKER * config.limit(Limit.WORKERS) + MAX_LINGERING;
        int room = Math.max(FEWEST_CONNECTIONS, limit - reserved);
        if (room < config.limit(Limit.MAX_CONNECTIONS)) {
            LOG.info(
                    "At most {} connections at a time, not {}: this process may have {} files open, of which {} are kept for"
                            + " PAM. Raise LimitNOFILE= in the unit, or ulimit -n, for more.",
                    room,
                    config.limit(Limit.MAX_CONNECTIONS),
                    limit,
                    reserved);
        }
        return Math.min(room, config.limit(Limit.MAX_CONNECTIONS));
    }

    @Override
    protected void initChannel(EpollDomainSocketChannel connection) throws IOException {
        connections.add(connection);
        context.counters().accepted();
        PeerCredentials peer = peerOf(connection);
        if (connections.size() > maxConnections + MAX_LINGERING) {
            context.counters().overLimit();
            refuse(connection, LingeringClose::withoutLinger);
        } else if (connections.size() > maxConnections) {
            refuseOneTooMany(connection);
        } else if (!config.peers().admitsAnyone() && !config.peers().admits(peer, groupsOf(connection))) {
            refuseNotAllowed(connection, peer);
        } else {
            admit(connection, peer);
        }
    }

    private void admit(EpollDomainSocketChannel connection, PeerCredentials peer) {
        ReadTimeout timeout = new ReadTimeout(config.time(Limit.IDLE_TIMEOUT), config.time(Limit.SEND_TIMEOUT));
        connection
                .pipeline()
                .addLast(new RequestFrameDecoder(
                        config.limit(Limit.MAX_REQUEST_BYTES), allocator, context.turns(), timeout))
                .addLast(CredentialDecoder.INSTANCE)
                .addLast(VerdictEncoder.INSTANCE)
                .addLast(new AuthenticationHandler(peer, context, config.time(Limit.SEND_TIMEOUT)));
    }

    private void refuseOneTooMany(EpollDomainSocketChannel connection) {
        context.counters().overLimit();
        if (tooMany.tryAcquire()) {
            LOG.warn(
                    "Refusing connections: {} are open, and {} were refused since this was last said. If they are"
                            + " wanted, raise --max-connections.",
                    maxConnections,
                    tooMany.takeSuppressed() + 1);
        }
        refuse(connection, LingeringClose::begin);
    }

    private void refuseNotAllowed(EpollDomainSocketChannel connection, PeerCredentials peer) {
        context.counters().notAdmitted();
        if (notAllowed.tryAcquire()) {
            LOG.warn(
                    "Refusing a peer that neither --allow-uid nor --allow-gid admits: uid {}, gid {}, pid {}, and {} others"
                            + " since this was last said",
                    Integer.toUnsignedString(peer.uid()),
                    Integer.toUnsignedString(peer.gid()),
                    peer.pid(),
                    notAllowed.takeSuppressed());
        }
        refuse(connection, LingeringClose::begin);
    }

    /** When the channel is active. */
    private static void refuse(Channel connection, Consumer<Channel> ending) {
        connection.eventLoop().execute(() -> ending.accept(connection));
    }

    private static PeerCredentials peerOf(EpollDomainSocketChannel connection) throws IOException {
        io.netty.channel.unix.PeerCredentials peer = connection.peerCredentials();
        return new PeerCredentials(peer.pid(), peer.uid(), peer.gids()[0]);
    }

    private static Set<Integer> groupsOf(EpollDomainSocketChannel connection) throws IOException {
        return PeerGroups.of(connection.fd().intValue());
    }
}
