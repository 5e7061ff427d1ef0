package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;

/**
 * One connection after the other, each for one request. The thread blocks in the kernel, also while a service is slow to
 * accept connections, as many clients would.
 */
final class Lane implements Load {
    private final LoadPlan plan;
    private final Dialer dialer;
    private final Requests requests;
    private final Signals signals;
    private final Tally tally = new Tally();
    private final ByteBuffer answer = ByteBuffer.allocateDirect(Protocol.ANSWER_BYTES);

    private volatile boolean waiting;

    Lane(LoadPlan plan, Requests requests, Signals signals) {
        this.plan = plan;
        this.dialer = new Dialer(plan, signals);
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
            dialer.hangUp();
        }
    }

    private void askOnce() throws IOException, InterruptedException {
        boolean isWrong = requests.isNextWrong();
        long begun = System.nanoTime();
        waiting = true;
        Outcome outcome = exchange(dialer.connect(), requests.request(isWrong));
        long took = System.nanoTime() - begun;
        waiting = false;
        signals.count(tally, outcome, isWrong, took);
        dialer.hangUp();
        if (!outcome.isAnswer()) {
            Thread.sleep(PAUSE_MILLIS);
        }
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
        dialer.hangUp();
    }

    @Override
    public int waiting() {
        return waiting ? 1 : 0;
    }

    @Override
    public Tally tally() {
        return tally;
    }
}
