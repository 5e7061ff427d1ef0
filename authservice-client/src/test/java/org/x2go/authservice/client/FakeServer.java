package org.x2go.authservice.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Serves each connection as a script says, on a thread of its own, and keeps what was asked. */
public final class FakeServer implements AutoCloseable {
    /** What happens on one connection; its end closes the connection. */
    @FunctionalInterface
    public interface Script {
        void serve(Peer peer) throws IOException, InterruptedException;
    }

    private final Path socket;
    private final ServerSocketChannel listener;
    private final Script script;
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private FakeServer(Path socket, Script script) throws IOException {
        this.socket = socket;
        this.script = script;
        Files.deleteIfExists(socket);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket), 128);
    }

    public static FakeServer start(Path directory, Script script) throws IOException {
        FakeServer server = new FakeServer(directory.resolve("fake.socket"), script);
        daemon(server::accept, "fake-server");
        return server;
    }

    /** Answers every request, in turn, with what the function makes of its user's name. */
    public static FakeServer answering(Path directory, UnaryOperator<String> replyToUser) throws IOException {
        return start(directory, peer -> peer.answerAll(replyToUser));
    }

    public Path socket() {
        return socket;
    }

    /** Every request so far, without its newline. */
    public List<String> requests() {
        return requests;
    }

    /** How many connections were made so far. */
    public int connections() {
        return peers.size();
    }

    /** Waits until every connection is closed, by the client or by its script. */
    public void awaitAllClosed() throws InterruptedException {
        for (Peer peer : peers) {
            peer.thread.join();
        }
    }

    /** Ends all scripts, and returns when every client can see it. */
    @Override
    public void close() throws IOException {
        listener.close();
        for (Peer peer : peers) {
            peer.thread.interrupt();
        }
        try {
            awaitAllClosed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(socket);
    }

    private void accept() {
        try {
            while (true) {
                Peer peer = new Peer(listener.accept(), peers.size() + 1);
                peers.add(peer);
                peer.thread.start();
            }
        } catch (ClosedChannelException e) {
            // close() ends the loop
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** One connection, seen from the service. */
    public final class Peer {
        private final SocketChannel channel;
        private final int number;
        private final Thread thread;

        private Peer(SocketChannel channel, int number) {
            this.channel = channel;
            this.number = number;
            this.thread = new Thread(this::run, "fake-server-" + number);
            thread.setDaemon(true);
        }

        /** Counts from 1. */
        public int number() {
            return number;
        }

        public SocketChannel channel() {
            return channel;
        }

        /** The next request without its newline, or null if the client closed the connection. */
        @SuppressWarnings("exports") // the package is exported, but its tests are not
        public @Nullable String read() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            ByteBuffer one = ByteBuffer.allocate(1);
            while (channel.read(one.clear()) > 0) {
                if (one.get(0) == '\n') {
                    String request = line.toString(UTF_8);
                    requests.add(request);
                    return request;
                }
                line.write(one.get(0));
            }
            return null;
        }

        public void write(String reply) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(reply.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        public void answerAll(UnaryOperator<String> replyToUser) throws IOException {
            for (String request = read(); request != null; request = read()) {
                write(replyToUser.apply(request.substring(0, request.indexOf('\r'))));
            }
        }

        /** Reads until the client closes the connection. */
        public void awaitEnd() throws IOException {
            while (read() != null) {
                // whatever else it asks
            }
        }

        private void run() {
            try (channel) {
                script.serve(this);
            } catch (IOException | InterruptedException e) {
                // The client left, or the test is over: the test itself sees what matters of that.
            }
        }
    }
}
