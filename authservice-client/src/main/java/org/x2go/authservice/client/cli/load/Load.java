package org.x2go.authservice.client.cli.load;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A part of the load, on a thread of its own: one connection or many, each of which asks, waits for the answer, asks again. */
interface Load extends Runnable {
    /** After a connection broke, so that a service that closes all of them is not flooded. */
    long PAUSE_MILLIS = 10;

    /** What all parts share. */
    final class Signals {
        volatile boolean measuring;
        volatile boolean stopped;
        volatile @Nullable IOException unreachable;
        final LongAdder answers = new LongAdder();

        /** Counts what came of a request, in the tally only while it is measured. */
        void count(Tally tally, Outcome outcome, boolean isWrong, long nanos) {
            if (measuring) {
                tally.count(outcome, isWrong, nanos);
            }
            answers.increment();
        }
    }

    /** Ends whatever the thread waits for. Called by another thread, when {@link Signals#stopped} is set. */
    void stop();

    /** How many connections have asked and got no answer yet. */
    int waiting();

    /** What was counted; complete when the thread has ended. */
    Tally tally();
}
