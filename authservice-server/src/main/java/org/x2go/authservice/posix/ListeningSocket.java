package org.x2go.authservice.posix;

import java.nio.file.Path;

/** A listening Unix domain socket, and what happens to its file. */
public sealed interface ListeningSocket permits SocketFile, InheritedSocket {
    /**
     * The descriptor, non-blocking and closed on exec. The caller takes it over and closes it.
     */
    int descriptor();

    /** Where its file is. */
    Path path();

    /** Removes the file if it belongs to this process. Must be called while the socket is still open. */
    void remove();

    /**
     * Whether the backlog may contain connections that no other process will accept. Must be called while the socket is
     * still open.
     */
    boolean hasBacklog();
}
