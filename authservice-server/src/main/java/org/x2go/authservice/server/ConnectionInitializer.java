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
 * Admits or refuses connections, and builds the pipeline of admitted ones.
 */
final class ConnectionInitializer extends ChannelInitializer<EpollDomainSocketChannel> {
    private static final Logger LOG = LogManager.getLogger(ConnectionInitializer.class);

    /** How many refused connections may linger in addition. */
    private static final int MAX_LINGERING = 256;

    /** Open files of the process apart from connections: jars, the log, the event loop's. */
    private static final int OWN_FILES = 64;

    /** Open files of the PAM modules of one PAM thread or worker. */
    private static final int FILES_OF_A_WORKER = 16;

    private static final int MIN_CONNECTIONS = 16;

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
     * The configured number, reduced so that files remain for PAM: otherwise peers could make every login an error.
     */
    private static int maxConnections(AuthServerConfig config) {
        int limit = OpenFiles.limit();
        int reserved = OWN_FILES + FILES_OF_A_WORKER * config.limit(Limit.WORKERS) + MAX_LINGERING;
        int available = Math.max(MIN_CONNECTIONS, limit - reserved);
        if (available < config.limit(Limit.MAX_CONNECTIONS)) {
            LOG.info(
                    "Accepting at most {} connections instead of {}: this process may open {} files, and {}"
                            + " are reserved for PAM. For more, raise LimitNOFILE= in the unit, or ulimit -n.",
                    available,
                    config.limit(Limit.MAX_CONNECTIONS),
                    limit,
                    reserved);
        }
        return Math.min(available, config.limit(Limit.MAX_CONNECTIONS));
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
                    "Connection limit {} reached; {} refused since the last report. If these clients are"
                            + " legitimate, raise --max-connections.",
                    maxConnections,
                    tooMany.takeSuppressed() + 1);
        }
        refuse(connection, LingeringClose::begin);
    }

    private void refuseNotAllowed(EpollDomainSocketChannel connection, PeerCredentials peer) {
        context.counters().notAdmitted();
        if (notAllowed.tryAcquire()) {
            LOG.warn(
                    "Refusing a peer that neither --allow-uid nor --allow-gid admits: uid {}, gid {}, pid {},"
                            + " and {} others since the last report",
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
