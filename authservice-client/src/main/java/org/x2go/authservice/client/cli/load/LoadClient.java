package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread with some connections, each of which sends a request, waits for its answer, and sends the next one: on the same
 * connection if connections are kept, else on a new one. Interrupting the thread stops it.
 *
 * <p>Kept connections share one such thread. Others have one each, because the thread blocks in connect(2) while the service's
 * backlog is full, like the threads of real clients. All wait for answers in epoll. A blocking read(2) would be woken a second
 * time, when the service reads the request, and the load would take twice the processor time.
 */
final class LoadClient implements Runnable {
    /** After a connection broke, so that a service that closes all of them is not flooded. */
    private static final long PAUSE_MILLIS = 10;

    private final Target target;
    private final LoadOptions options;
    private final LatencyRecorder recorder;
    private final Consumer<IOException> unreachable;
    private final List<Connection> connections = new ArrayList<>();

    /** Those to connect, the earliest first. */
    private final Deque<Connection> disconnected = new ArrayDeque<>();

    LoadClient(
            Target target,
            LoadOptions options,
            List<Requests> requests,
            LatencyRecorder recorder,
            Consumer<IOException> unreachable) {
        this.target = target;
        this.options = options;
        this.recorder = recorder;
        this.unreachable = unreachable;
        requests.forEach(each -> connections.add(new Connection(each)));
    }

    @Override
    public void run() {
        try (Selector selector = Selector.open()) {
            disconnected.addAll(connections);
            while (!Thread.currentThread().isInterrupted()) {
                Connection next = disconnected.peek();
                if (next != null && next.isDue()) {
                    disconnected.remove();
                    next.connect(selector);
                } else {
                    selector.select(key -> ((Connection) key.attachment()).read(), next == null ? 0 : PAUSE_MILLIS);
                }
            }
        } catch (ClosedByInterruptException e) {
            // Stopped while it connected.
        } catch (IOException e) {
            unreachable.accept(e);
        } finally {
            connections.forEach(Connection::disconnect);
        }
    }

    private final class Connection {
        private final Requests requests;
        private final ByteBuffer answer = ByteBuffer.allocateDirect(Protocol.ANSWER_BYTES);
        private @Nullable SocketChannel channel;
        private boolean wrongPassword;
        private long startNanos;
        private long dueNanos = System.nanoTime();

        Connection(Requests requests) {
            this.requests = requests;
        }

        boolean isDue() {
            return System.nanoTime() - dueNanos >= 0;
        }

        void connect(Selector selector) throws IOException {
            start();
            SocketChannel open = Target.openChannel();
            channel = open;
            target.connect(open);
            target.verifier().verify(open, target.socket());
            open.configureBlocking(false);
            open.register(selector, SelectionKey.OP_READ, this);
            send(open);
        }

        private void start() {
            wrongPassword = requests.isNextWrong();
            startNanos = System.nanoTime();
            recorder.started();
        }

        private void send(SocketChannel open) {
            answer.clear();
            ByteBuffer request = requests.request(wrongPassword);
            try {
                open.write(request);
            } catch (IOException e) {
                // Closed by the service.
                finish(open, Outcome.NO_ANSWER);
                return;
            }
            if (request.hasRemaining()) {
                // The kernel's buffer holds many requests: this service reads none.
                finish(open, Outcome.NO_ANSWER);
            }
        }

        void read() {
            SocketChannel open = channel;
            if (open == null) {
                return;
            }
            Outcome outcome;
            try {
                outcome = open.read(answer) < 0 ? Outcome.NO_ANSWER : options.protocol.parse(answer);
            } catch (IOException e) {
                // Reset by the service.
                outcome = Outcome.NO_ANSWER;
            }
            if (outcome != null) {
                finish(open, outcome);
            }
        }

        private void finish(SocketChannel open, Outcome outcome) {
            long now = System.nanoTime();
            recorder.finished(outcome, wrongPassword, now - startNanos);
            if (options.keep() && outcome.isAnswer()) {
                start();
                send(open);
            } else {
                disconnect();
                dueNanos = outcome.isAnswer() ? now : now + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
                disconnected.add(this);
            }
        }

        void disconnect() {
            try (SocketChannel open = channel) {
                channel = null;
            } catch (IOException e) {
                // close(2) has released the descriptor nevertheless.
            }
        }
    }
}
