package org.x2go.authservice.server;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import java.io.IOException;
import org.x2go.authservice.auth.PeerCredentials;

/** Builds the pipeline of each connection: bytes, lines, credentials, verdicts, bytes. */
final class ConnectionInitializer extends ChannelInitializer<EpollDomainSocketChannel> {
    private final CredentialDecoder credentialDecoder = new CredentialDecoder();
    private final VerdictEncoder verdictEncoder = new VerdictEncoder();
    private final int maxRequestBytes;
    private final Verifier verifier;
    private final ChannelGroup connections;

    ConnectionInitializer(int maxRequestBytes, Verifier verifier, ChannelGroup connections) {
        this.maxRequestBytes = maxRequestBytes;
        this.verifier = verifier;
        this.connections = connections;
    }

    @Override
    protected void initChannel(EpollDomainSocketChannel connection) throws IOException {
        connections.add(connection);
        connection
                .pipeline()
                .addLast(new RequestFrameDecoder(maxRequestBytes))
                .addLast(credentialDecoder)
                .addLast(verdictEncoder)
                .addLast(new AuthenticationHandler(peerOf(connection), verifier));
    }

    private static PeerCredentials peerOf(EpollDomainSocketChannel connection) throws IOException {
        io.netty.channel.unix.PeerCredentials peer = connection.peerCredentials();
        return new PeerCredentials(peer.pid(), peer.uid(), peer.gids()[0]);
    }
}
