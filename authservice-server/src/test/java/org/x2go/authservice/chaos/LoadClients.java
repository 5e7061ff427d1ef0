package org.x2go.authservice.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.x2go.authservice.testsupport.RawPeer;

/** Many clients at once, each of which connects, behaves in one way or another, disconnects, and connects again. */
final class LoadClients {
    /** Far beyond all that the server may wait for: who gets no answer until then never gets one. */
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private static final List<Behaviour> BEHAVIOURS = List.of(Behaviour.values());

    private final Path socket;
    private final Question.Source questions;
    private final Tally tally;

    LoadClients(Path socket, Question.Source questions, Tally tally) {
        this.socket = socket;
        this.questions = questions;
        this.tally = tally;
    }

    /** Runs so many clients for so long, and returns when all have ended. */
    void run(int peers, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        List<Thread> threads = IntStream.range(0, peers)
                .mapToObj(i -> new Thread(() -> connectRepeatedly(end), "peer-" + i))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end + TIMEOUT.toNanos() - System.nanoTime()));
            if (thread.isAlive()) {
                tally.finding(thread.getName() + " waits for an answer that does not come, at "
                        + List.of(thread.getStackTrace()));
                // Closes its connection.
                thread.interrupt();
            }
        }
    }

    private void connectRepeatedly(long end) {
        Random random = new Random();
        while (System.nanoTime() - end < 0) {
            Behaviour behaviour = BEHAVIOURS.get(random.nextInt(BEHAVIOURS.size()));
            try (RawPeer peer = RawPeer.connect(socket)) {
                behaviour.act(peer, questions, random, tally);
                tally.count(behaviour.name());
            } catch (IOException e) {
                tally.count(behaviour.name() + " broke");
                if (behaviour.isHealthy()) {
                    tally.finding(behaviour + " lost its connection: " + e);
                }
            } catch (RuntimeException e) {
                tally.finding(behaviour + " failed: " + e);
            }
        }
    }
}
