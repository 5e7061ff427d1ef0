package org.x2go.authservice.posix;

import java.nio.file.Path;

/** A Unix domain socket that listens, and what is to become of its file. */
public sealed interface ListeningSocket permits SocketFile, InheritedSocket {
    /** The listening socket, non-blocking and not passed on to programs that are started. Whoever takes it over closes it. */
    int descriptor();

    /** Where its file is. */
    Path path();

    /** Removes the file, if that is for this process to do. To be called while the socket is still open. */
    void remove();

    /** Whether connections wait to be accepted that no other process will accept. To be called while the socket is still open. */
    boolean hasBacklog();
}
