package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are kept, all on one thread, which waits for whichever is answered next. With a thread for each, the
 * kernel would wake one not only for its answer, but also when the service has read its request (unix(7) sockets wake who
 * waits in read(2) for either), and the generator would take twice as much of what the service is to have.
 */
final class KeptConnections implements Load {
    private final LoadPlan plan;
    private final Dialer dialer;
    private final Signals signals;
    private final List<Kept> connections = new ArrayList<>();
    private final Deque<Kept> broken = new ArrayDeque<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Tally tally = new Tally();

    private volatile @Nullable Selector selector;

    KeptConnections(LoadPlan plan, List<Requests> requests, Signals signals) {
        this.plan = plan;
        this.dialer = new Dialer(plan, signals);
        this.signals = signals;
        requests.forEach(each -> connections.add(new Kept(each)));
    }

    @Override
    public void run() {
        try (Selector open = Selector.open()) {
            selector = open;
            for (Kept connection : connections) {
                connection.connect(open);
            }
            while (!signals.stopped) {
                open.select(this::answered, broken.isEmpty() ? 0 : PAUSE_MILLIS);
                repair(open);
            }
        } catch (ClosedChannelException e) {
            // That is how stop() ends a connect.
        } catch (IOException e) {
            signals.unreachable = e;
            signals.stopped = true;
        } finally {
            connections.forEach(Kept::end);
        }
    }

    private void answered(SelectionKey key) {
        ((Kept) key.attachment()).answered();
    }

    private void repair(Selector open) throws IOException {
        long now = System.nanoTime();
        while (!signals.stopped && !broken.isEmpty() && broken.getFirst().mayReconnect(now)) {
            broken.removeFirst().connect(open);
        }
    }

    @Override
    public void stop() {
        Selector open = selector;
        if (open != null) {
            open.wakeup();
        }
        dialer.hangUp();
    }

    @Override
    public int waiting() {
        return waiting.get();
    }

    @Override
    public Tally tally() {
        return tally;
    }

    private final class Kept {
        private final Requests requests;
        private final ByteBuffer answer = ByteBuffer.allocateDirect(Protocol.ANSWER_BYTES);
        private @Nullable SocketChannel channel;
        private boolean isWrong;
        private long begun;
        private long brokenAt;

        Kept(Requests requests) {
            this.requests = requests;
        }

        void connect(Selector open) throws IOException {
            SocketChannel made = dialer.connect();
            channel = made;
            made.configureBlocking(false);
            made.register(open, SelectionKey.OP_READ, this);
            ask(made);
        }

        private void ask(SocketChannel open) {
            isWrong = requests.isNextWrong();
            begun = System.nanoTime();
            waiting.incrementAndGet();
            answer.clear();
            ByteBuffer request = requests.request(isWrong);
            try {
                open.write(request);
            } catch (IOException e) {
                // Closed by the service, which is one way not to answer.
                finish(Outcome.NO_ANSWER);
                return;
            }
            if (request.hasRemaining()) {
                // Its buffer holds many times as much as one request: this service reads none.
                finish(Outcome.NO_ANSWER);
            }
        }

        void answered() {
            SocketChannel open = channel;
            if (open == null) {
                return;
            }
            Outcome outcome;
            try {
                outcome = open.read(answer) < 0
                        ? Outcome.NO_ANSWER
                        : plan.protocol().parse(answer);
            } catch (IOException e) {
                outcome = Outcome.NO_ANSWER;
            }
            if (outcome != null) {
                finish(outcome);
                if (outcome.isAnswer() && !signals.stopped) {
                    ask(open);
                }
            }
        }

        private void finish(Outcome outcome) {
            long now = System.nanoTime();
            waiting.decrementAndGet();
            signals.count(tally, outcome, isWrong, now - begun);
            if (!outcome.isAnswer()) {
                Dialer.close(channel);
                channel = null;
                brokenAt = now;
                broken.addLast(this);
            }
        }

        boolean mayReconnect(long now) {
            return now - brokenAt >= TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
        }

        void end() {
            Dialer.close(channel);
            requests.close();
        }
    }
}
