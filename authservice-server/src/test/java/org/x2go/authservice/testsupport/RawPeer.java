package org.x2go.authservice.testsupport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A peer that sends whatever bytes a test wants, and reads what comes back. Characters stand for bytes, one to one. */
public final class RawPeer implements AutoCloseable {
    private final SocketChannel socket;

    private RawPeer(SocketChannel socket) {
        this.socket = socket;
    }

    public static RawPeer connect(Path socket) throws IOException {
        return new RawPeer(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    public RawPeer send(String bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes.getBytes(ISO_8859_1));
        while (buffer.hasRemaining()) {
            socket.write(buffer);
        }
        return this;
    }

    /** Shuts down the output; replies can still be read. */
    public RawPeer shutdownOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Whether something came that was not read yet; what it is, is lost. */
    public boolean hasReply() throws IOException {
        socket.configureBlocking(false);
        try {
            return socket.read(ByteBuffer.allocate(1)) != 0;
        } finally {
            socket.configureBlocking(true);
        }
    }

    /** The next reply, without its newline; what came before the end if the connection is closed. */
    public String reply() throws IOException {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (socket.read(one) == 1) {
            char c = (char) (one.get(0) & 0xff);
            if (c == '\n') {
                return line.toString();
            }
            line.append(c);
            one.clear();
        }
        return line + "<end>";
    }

    /** Reads until the connection is closed. */
    public String rest() throws IOException {
        StringBuilder rest = new StringBuilder();
        ByteBuffer some = ByteBuffer.allocate(4096);
        while (socket.read(some) >= 0) {
            rest.append(new String(some.array(), 0, some.position(), ISO_8859_1));
            some.clear();
        }
        return rest.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
