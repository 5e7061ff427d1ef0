package org.x2go.authservice.vectors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Takes one connection, reads one line, writes what it was told to in one piece, and closes. */
final class ScriptedService implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final CompletableFuture<byte[]> line = new CompletableFuture<>();

    ScriptedService(Path socket, byte[] reply) throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(() -> answer(reply), "scripted-service");
        thread.setDaemon(true);
        thread.start();
    }

    private void answer(byte[] reply) {
        try (SocketChannel peer = listener.accept()) {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            ByteBuffer one = ByteBuffer.allocate(1);
            while (peer.read(one) == 1) {
                read.write(one.get(0));
                if (one.get(0) == '\n') {
                    break;
                }
                one.clear();
            }
            line.complete(read.toByteArray());
            ByteBuffer written = ByteBuffer.wrap(reply);
            while (written.hasRemaining()) {
                peer.write(written);
            }
        } catch (IOException e) {
            line.completeExceptionally(e);
        }
    }

    /** The line that was read. Waits for it. */
    byte[] line() {
        return line.join();
    }

    /** Whether anybody has connected and sent something, or gone away. */
    boolean wasAsked() {
        return line.isDone();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
