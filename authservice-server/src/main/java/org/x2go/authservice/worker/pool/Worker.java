package org.x2go.authservice.worker.pool;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.posix.RunState;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.worker.channel.Reply;
import org.x2go.authservice.worker.channel.ServiceEnd;

/** A PAM worker as the service has it: a channel to it and, if the service has started it, its process. */
final class Worker {
    /** More that a worker says during one request is not logged. */
    private static final int MOST_SAID = 50;

    private final ServiceEnd channel;
    private final @Nullable WorkerProcess process;
    private final Diagnostics diagnostics;

    private volatile @Nullable RunState runState;

    /** Kept by the pool. */
    long idleSince;

    /** Kept by the pool. */
    boolean retires;

    /**
     * @param process null if somebody else has started it, who also collects it
     */
    Worker(ServiceEnd channel, @Nullable WorkerProcess process, Diagnostics diagnostics) {
        this.channel = channel;
        this.process = process;
        this.diagnostics = diagnostics;
    }

    /**
     * Waits until it can take requests.
     *
     * @param deadline until when, as of System.nanoTime
     * @throws UnfitException if it says that it never will be
     */
    void awaitReady(long deadline) throws IOException, UnfitException {
        while (true) {
            Reply reply = channel.next(deadline);
            if (reply instanceof Reply.Ready ready) {
                runState = runState(ready.thread());
                return;
            } else if (reply instanceof Reply.Unfit unfit) {
                throw new UnfitException(unfit.reason());
            } else if (reply instanceof Reply.Said said) {
                log(said);
            } else {
                throw new IOException("an answer before a request");
            }
        }
    }

    private static @Nullable RunState runState(int thread) {
        try {
            return RunState.ofThread(thread);
        } catch (IOException e) {
            // It is another user's, in a system that hides those.
            return null;
        }
    }

    /** Whether it computes, as far as can be seen, or would if a processor were free. Any thread may ask. */
    boolean isComputing() {
        RunState state = runState;
        return state != null && state.isComputing();
    }

    /**
     * Gives it credentials to check.
     *
     * @throws IOException if it has ended before, and so has not seen them
     */
    void ask(Credentials credentials, PeerCredentials peer) throws IOException {
        channel.ask(credentials, peer);
    }

    /**
     * Waits for what comes of it.
     *
     * @param deadline until when, as of System.nanoTime
     * @throws java.net.SocketTimeoutException if there is no answer until then; the worker is of no use any more
     * @throws IOException if the worker has died, or gone mad
     */
    Reply.Answer answer(long deadline) throws IOException {
        int said = 0;
        while (true) {
            Reply reply = channel.next(deadline);
            if (reply instanceof Reply.Answer answer) {
                return answer;
            } else if (reply instanceof Reply.Said text) {
                if (said++ < MOST_SAID) {
                    log(text);
                }
            } else {
                throw new IOException("a reply that is no answer");
            }
        }
    }

    private void log(Reply.Said said) {
        switch (said.level()) {
            case DEBUG -> diagnostics.debug(said.text());
            case WARN -> diagnostics.warn(said.text());
            case ERROR -> diagnostics.error(said.text());
        }
    }

    /** Lets it end by itself, which it does at once. */
    void dismiss() {
        channel.shutDown();
    }

    /** Ends it, whatever it is doing. */
    void kill() {
        channel.shutDown();
        if (process != null) {
            process.kill();
        }
    }

    /**
     * Frees what the service has of it, when nobody uses it any more.
     *
     * @param patience how long to wait for its end
     * @return how it ended, in a few words for the log
     */
    String bury(Duration patience) {
        String ending = process == null ? "its connection has ended" : process.ending(patience);
        channel.close();
        RunState state = runState;
        if (state != null) {
            state.close();
        }
        return ending;
    }

    /** Its process number, if the service has started it. */
    @Override
    public String toString() {
        return process == null ? "PAM worker" : "PAM worker " + process.pid();
    }
}
