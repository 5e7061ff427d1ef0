package org.x2go.authservice.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A peer that sends one request. */
final class Peer implements AutoCloseable {
    private final SocketChannel socket;

    private Peer(SocketChannel socket) {
        this.socket = socket;
    }

    static Peer connect(Path path) throws IOException {
        return new Peer(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    }

    Peer send(String user, String password, String service) throws IOException {
        ByteBuffer request = UTF_8.encode(user + '\r' + password + '\r' + service + '\n');
        while (request.hasRemaining()) {
            socket.write(request);
        }
        return this;
    }

    /** Whether a reply came; it is lost. */
    boolean hasReply() throws IOException {
        socket.configureBlocking(false);
        try {
            return socket.read(ByteBuffer.allocate(1)) != 0;
        } finally {
            socket.configureBlocking(true);
        }
    }

    /** The reply, without its newline. */
    String reply() throws IOException {
        ByteBuffer line = ByteBuffer.allocate(100);
        while (socket.read(line) > 0 && line.get(line.position() - 1) != '\n') {}
        return UTF_8.decode(line.flip()).toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
