package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.client.transport.ServerVerifier;

/** Connects one thread to the service, again and again, until another thread stops it. */
final class Dialer {
    private final UnixDomainSocketAddress address;
    private final ServerVerifier verifier;
    private final Load.Signals signals;

    private volatile @Nullable SocketChannel last;

    Dialer(LoadPlan plan, Load.Signals signals) {
        this.address = UnixDomainSocketAddress.of(plan.socket());
        this.verifier = plan.verifier();
        this.signals = signals;
    }

    /**
     * A new connection, to a server that may be told a password.
     *
     * @throws org.x2go.authservice.client.transport.UntrustedServerException if it may not
     * @throws java.nio.channels.ClosedChannelException if this was stopped, be it while it connects
     */
    SocketChannel connect() throws IOException {
        SocketChannel open = SocketChannel.open(StandardProtocolFamily.UNIX);
        last = open;
        if (signals.stopped) {
            // Who stops may have come by before the channel was there to be closed.
            open.close();
        }
        open.connect(address);
        verifier.verify(open, address.getPath());
        return open;
    }

    /** Closes the last connection, and ends what anybody waits for on it. */
    void hangUp() {
        SocketChannel open = last;
        last = null;
        close(open);
    }

    static void close(@Nullable SocketChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The descriptor is gone all the same (close(2)).
            }
        }
    }
}
