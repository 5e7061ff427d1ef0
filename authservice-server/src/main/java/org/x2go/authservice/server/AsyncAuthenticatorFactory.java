package org.x2go.authservice.server;

import io.netty.channel.EventLoop;
import java.io.IOException;
import org.x2go.authservice.auth.AsyncAuthenticator;

/** Makes what a server asks. */
@FunctionalInterface
public interface AsyncAuthenticatorFactory {
    /**
     * Makes it ready; may wait for that. The server closes it.
     *
     * @param loop the server's event loop, by which it is called, and to which it may confine itself
     * @throws IOException if it cannot be asked; the message says why, for an admin
     */
    AsyncAuthenticator open(EventLoop loop) throws IOException;
}
