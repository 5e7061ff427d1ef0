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
    /** Longer than all timeouts of the server: an answer that has not come by then never comes. */
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private static final List<Behaviour> BEHAVIOURS = List.of(Behaviour.values());

    private final Path socket;
    private final ChaosRequest.Source requests;
    private final ReplyCounts replies;

    LoadClients(Path socket, ChaosRequest.Source requests, ReplyCounts replies) {
        this.socket = socket;
        this.requests = requests;
        this.replies = replies;
    }

    /** Runs this many clients for this time, and returns when all have stopped. */
    void run(int peers, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        List<Thread> threads = IntStream.range(0, peers)
                .mapToObj(i -> new Thread(() -> connectRepeatedly(end), "peer-" + i))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end + TIMEOUT.toNanos() - System.nanoTime()));
            if (thread.isAlive()) {
                replies.finding(thread.getName() + " waits for an answer that does not come, at "
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
                behaviour.act(peer, requests, random, replies);
                replies.count(behaviour.name());
            } catch (IOException e) {
                replies.count(behaviour.name() + " broke");
                if (behaviour.isHealthy()) {
                    replies.finding(behaviour + " lost its connection: " + e);
                }
            } catch (RuntimeException e) {
                replies.finding(behaviour + " failed: " + e);
            }
        }
    }
}
