package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections that are open and ask nothing. */
final class IdleConnections implements AutoCloseable {
    private final List<SocketChannel> channels = new ArrayList<>();

    private IdleConnections() {}

    static IdleConnections open(LoadPlan plan) throws IOException {
        IdleConnections idle = new IdleConnections();
        boolean complete = false;
        try {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(plan.socket());
            for (int i = 0; i < plan.idle(); i++) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                idle.channels.add(channel);
                channel.connect(address);
            }
            complete = true;
            return idle;
        } finally {
            if (!complete) {
                idle.close();
            }
        }
    }

    /** How many of them the service has neither closed nor sent anything on. */
    int countOpen() {
        return (int) channels.stream().filter(IdleConnections::isOpen).count();
    }

    private static boolean isOpen(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            return channel.read(ByteBuffer.allocateDirect(1)) == 0;
        } catch (IOException e) {
            // Reset by the service.
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
