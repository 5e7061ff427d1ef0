package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One connection after the other, or one that is kept, on a thread of its own: asks, waits for the answer, asks again. The
 * thread blocks in the kernel, which is what costs the generator the least of what the service is to have.
 */
final class Lane implements Runnable {
    /** After a connection broke, so that a service that closes all of them is not flooded. */
    private static final long PAUSE_MILLIS = 10;

    /** What all lanes share. */
    static final class Signals {
        volatile boolean measuring;
        volatile boolean stopped;
        volatile @Nullable IOException unreachable;
        final LongAdder answers = new LongAdder();
    }

    private final LoadPlan plan;
    private final UnixDomainSocketAddress address;
    private final Requests requests;
    private final Signals signals;
    private final Tally tally = new Tally();
    private final ByteBuffer answer = ByteBuffer.allocateDirect(Protocol.ANSWER_BYTES);

    private volatile @Nullable SocketChannel channel;
    private volatile boolean waiting;

    Lane(LoadPlan plan, Requests requests, Signals signals) {
        this.plan = plan;
        this.address = UnixDomainSocketAddress.of(plan.socket());
        this.requests = requests;
        this.signals = signals;
    }

    @Override
    public void run() {
        try (requests) {
            while (!signals.stopped) {
                askOnce();
            }
        } catch (ClosedChannelException e) {
            // That is how stop() ends a wait.
        } catch (IOException e) {
            signals.unreachable = e;
            signals.stopped = true;
        } catch (InterruptedException e) {
            signals.stopped = true;
        } finally {
            closeChannel();
        }
    }

    private void askOnce() throws IOException, InterruptedException {
        boolean isWrong = requests.isNextWrong();
        long begun = System.nanoTime();
        waiting = true;
        SocketChannel open = channel;
        if (open == null) {
            open = connect();
        }
        Outcome outcome = exchange(open, requests.request(isWrong));
        long took = System.nanoTime() - begun;
        waiting = false;
        if (signals.measuring) {
            tally.count(outcome, isWrong, took);
        }
        signals.answers.increment();
        if (!plan.keep() || !outcome.isAnswer()) {
            closeChannel();
        }
        if (!outcome.isAnswer()) {
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel open = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel = open;
        if (signals.stopped) {
            // stop() may have come by before the channel was there to be closed.
            open.close();
        }
        open.connect(address);
        return open;
    }

    private Outcome exchange(SocketChannel open, ByteBuffer request) throws ClosedChannelException {
        try {
            while (request.hasRemaining()) {
                open.write(request);
            }
            answer.clear();
            Outcome outcome;
            do {
                if (open.read(answer) < 0) {
                    return Outcome.NO_ANSWER;
                }
                outcome = plan.protocol().parse(answer);
            } while (outcome == null);
            return outcome;
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            // Reset by the service, which is one way not to answer.
            return Outcome.NO_ANSWER;
        }
    }

    /** Ends whatever the lane waits for. Called by another thread, when {@link Signals#stopped} is set. */
    void stop() {
        closeChannel();
    }

    /** Whether it has asked and got no answer yet. */
    boolean isWaiting() {
        return waiting;
    }

    /** What was counted; complete when the thread has ended. */
    Tally tally() {
        return tally;
    }

    private void closeChannel() {
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // The descriptor is gone all the same (close(2)).
            }
        }
    }
}
