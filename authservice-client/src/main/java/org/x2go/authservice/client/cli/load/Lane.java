package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One connection after the other, each for one request. The thread blocks in the kernel, also while a service is slow to
 * accept connections, as many clients would.
 */
final class Lane implements Load {
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
        Outcome outcome = exchange(connect(), requests.request(isWrong));
        long took = System.nanoTime() - begun;
        waiting = false;
        if (signals.measuring) {
            tally.count(outcome, isWrong, took);
        }
        signals.answers.increment();
        closeChannel();
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

    @Override
    public void stop() {
        closeChannel();
    }

    @Override
    public int waiting() {
        return waiting ? 1 : 0;
    }

    @Override
    public Tally tally() {
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
