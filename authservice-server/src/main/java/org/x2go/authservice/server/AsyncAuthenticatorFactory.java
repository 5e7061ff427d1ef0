package org.x2go.authservice.server;

import io.netty.channel.EventLoop;
import java.io.IOException;
import org.x2go.authservice.auth.AsyncAuthenticator;

/** Creates a server's authenticator. */
@FunctionalInterface
public interface AsyncAuthenticatorFactory {
    /**
     * Creates the authenticator and waits until it is ready. The server closes it.
     *
     * @param loop the server's event loop, on which the authenticator is called
     * @throws IOException if the authenticator cannot be created; the message tells an administrator why
     */
    AsyncAuthenticator open(EventLoop loop) throws IOException;
}
