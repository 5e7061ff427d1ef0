package org.x2go.authservice.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.testsupport.RandomRuns;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.Reply.Disposition;

/**
 * Random steps on a pool and on a small model of it: a queue of requests, a stack of idle workers, and the result of
 * each request. After each step both must agree.
 */
class WorkerPoolModelTest {
    private static final int MAX_WORKERS = 4;
    private static final int RUNS = 200;
    private static final int STEPS = 5000;

    /** Fewer than would have a service's requests fail at once, or all while no worker can be started. */
    private static final int MAX_IN_A_ROW = 2;

    @Test
    void poolAgreesWithItsModelOverAMillionRandomSteps() {
        RandomRuns.check(RUNS, random -> {
            Run run = new Run(random);
            for (int i = 0; i < STEPS; i++) {
                run.step();
            }
            run.end();
        });
    }

    private static final class Run {
        private final Random random;
        private final FakeWorkers fake = new FakeWorkers(MAX_WORKERS, 50);

        private final Deque<PooledRequest> waiting = new ArrayDeque<>();
        private final Deque<FakeWorkers.Worker> idle = new ArrayDeque<>();
        private final Map<FakeWorkers.Worker, PooledRequest> busy = new LinkedHashMap<>();
        private final Map<FakeWorkers.Worker, Integer> remaining = new HashMap<>();
        private final Map<PooledRequest, String> expected = new LinkedHashMap<>();
        private int arrived;
        private int crashesInARow;
        private int failuresInARow;
        private int names;

        Run(Random random) {
            this.random = random;
        }

        void step() {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> ask();
                case 4, 5, 6 -> answer();
                case 7 -> crash();
                case 8 -> dieIdle();
                case 9 -> cancel(random.nextBoolean());
                case 10 -> start();
                default -> fake.advanceTimeBy(Duration.ofMillis(random.nextInt(20)));
            }
            check();
        }

        private void ask() {
            PooledRequest request = fake.ask("user" + names++);
            if (waiting.size() < 50) {
                waiting.addLast(request);
            } else {
                expected.put(request, "too many requests are waiting for a PAM worker");
            }
            dispatch();
        }

        private void dispatch() {
            while (!waiting.isEmpty() && !idle.isEmpty() && busy.size() < MAX_WORKERS) {
                FakeWorkers.Worker worker = idle.removeFirst();
                remaining.merge(worker, -1, Integer::sum);
                busy.put(worker, waiting.removeFirst());
            }
        }

        private FakeWorkers.@Nullable Worker anyBusy() {
            List<FakeWorkers.Worker> all = new ArrayList<>(busy.keySet());
            return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
        }

        private void answer() {
            FakeWorkers.Worker worker = anyBusy();
            if (worker == null) {
                return;
            }
            PooledRequest request = Objects.requireNonNull(busy.remove(worker));
            String reason = "answer to " + request.credentials().user();
            expected.put(request, reason);
            Disposition disposition = random.nextInt(10) == 0 ? Disposition.RECYCLE : Disposition.REUSE;
            if (disposition == Disposition.REUSE && remaining.getOrDefault(worker, 0) > 0) {
                idle.addFirst(worker);
            }
            dispatch();
            worker.answer(AuthResult.fail(reason), disposition);
            crashesInARow = 0;
            failuresInARow = 0;
        }

        private void crash() {
            FakeWorkers.Worker worker = anyBusy();
            if (worker == null || crashesInARow == MAX_IN_A_ROW) {
                return;
            }
            crashesInARow++;
            expected.put(
                    Objects.requireNonNull(busy.remove(worker)), "the PAM worker crashed (its connection was closed)");
            dispatch();
            worker.die();
        }

        private void dieIdle() {
            if (idle.isEmpty() || failuresInARow == MAX_IN_A_ROW) {
                return;
            }
            failuresInARow++;
            List<FakeWorkers.Worker> all = new ArrayList<>(idle);
            FakeWorkers.Worker worker = all.get(random.nextInt(all.size()));
            idle.remove(worker);
            worker.die();
        }

        private void cancel(boolean expiring) {
            List<PooledRequest> all = new ArrayList<>(waiting);
            all.addAll(busy.values());
            if (all.isEmpty()) {
                return;
            }
            PooledRequest request = all.get(random.nextInt(all.size()));
            if (waiting.remove(request)) {
                expected.put(
                        request,
                        expiring
                                ? "no PAM worker was free in time"
                                : "the client disconnected before a PAM worker was free");
            } else if (expiring) {
                busy.values().remove(request);
                expected.put(request, "no verdict from PAM in time; its worker was killed");
                crashesInARow = 0;
                dispatch();
            }
            request.cancel(expiring);
        }

        private void start() {
            if (fake.launches.size() == arrived) {
                return;
            }
            arrived++;
            if (failuresInARow < MAX_IN_A_ROW && random.nextInt(3) == 0) {
                failuresInARow++;
                switch (random.nextInt(3)) {
                    case 0 -> fake.last().refuse("none left");
                    case 1 -> fake.last().arrive().die();
                    default -> fake.last().arrive().say(new Reply.StartupFailure("not here"));
                }
                return;
            }
            FakeWorkers.Worker worker = fake.last().arrive();
            int requests = 1 + random.nextInt(20);
            remaining.put(worker, requests);
            idle.addFirst(worker);
            dispatch();
            worker.ready(requests);
        }

        private void check() {
            assertThat(fake.launches.size() - arrived).as("one start at a time").isBetween(0, 1);
            assertThat(idle.size() + busy.size())
                    .as("no more than there may be")
                    .isLessThanOrEqualTo(MAX_WORKERS + 1);
            assertThat(fake.pool.load().waiting()).isEqualTo(waiting.size());
            assertThat(fake.pool.load().running()).isEqualTo(busy.size());
            assertThat(fake.pool.statisticsNow().workers()).isEqualTo(idle.size() + busy.size());
            busy.forEach((worker, request) -> {
                if (request.worker() == null || request.worker().channel() != worker.serviceEnd) {
                    throw new AssertionError(request.credentials() + " is not with its worker");
                }
            });
            expected.forEach((request, reason) -> {
                if (!request.isDone() || !request.join().reason().equals(reason)) {
                    throw new AssertionError(request.credentials() + ": " + request + ", not " + reason);
                }
            });
            expected.clear();
        }

        /** Waiting requests are served when workers become ready, whatever happened before. */
        void end() {
            for (int i = 0; !(waiting.isEmpty() && busy.isEmpty()); i++) {
                assertThat(i).as("it comes to an end").isLessThan(1000);
                failuresInARow = MAX_IN_A_ROW;
                fake.advanceTimeBy(Duration.ofSeconds(1));
                start();
                answer();
                check();
            }
        }
    }
}
