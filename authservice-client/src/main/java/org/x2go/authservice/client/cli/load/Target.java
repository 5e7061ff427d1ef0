package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.x2go.authservice.client.transport.ServerVerifier;

/**
 * The service that is measured.
 *
 * @param socket its socket
 * @param verifier who may run it
 * @param pamService the PAM service that it is asked for
 */
public record Target(Path socket, ServerVerifier verifier, String pamService) {
    /** Connects a channel, and waits while the backlog is full. */
    void connect(SocketChannel channel) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    static SocketChannel openChannel() throws IOException {
        return SocketChannel.open(StandardProtocolFamily.UNIX);
    }
}
