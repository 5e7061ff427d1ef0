package org.x2go.authservice.server;

import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Tells a peer that has gone from one that has only ended its input. Both look the same to a reader; but to a peer that has
 * closed its end nothing can be written any more, not even nothing.
 */
final class PeerPresence {
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private PeerPresence() {}

    /** Whether no reply could reach the peer of this connection any more. On the event loop. */
    static boolean hasLeft(Channel connection) {
        if (!connection.isActive()) {
            return true;
        }
        if (!(connection instanceof UnixChannel unix)) {
            return false;
        }
        try {
            unix.fd().write(NOTHING, 0, 0);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
