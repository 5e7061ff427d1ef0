package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections that are open and send nothing. */
final class IdleConnections implements AutoCloseable {
    private final List<SocketChannel> channels = new ArrayList<>();

    /** Opens the connections; closes all if one cannot be opened. */
    IdleConnections(Target target, int count) throws IOException {
        try {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = Target.openChannel();
                channels.add(channel);
                target.connect(channel);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** The number of connections that the service has neither closed nor answered. */
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
