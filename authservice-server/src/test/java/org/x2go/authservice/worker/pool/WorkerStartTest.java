package org.x2go.authservice.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.worker.pool.FakeWorkers.reason;
import static org.x2go.authservice.worker.pool.FakeWorkers.verdict;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.worker.wire.Reply;

/** How a pool starts its workers, and what it does if it cannot, with a clock that only the test moves. */
class WorkerStartTest {
    private static final int MAX_WORKERS = 3;

    private final FakeWorkers fake = new FakeWorkers(MAX_WORKERS, 100);

    @Test
    void failedStartIsRetriedAfterPausesWithOneErrorLine() {
        fake.ready().die();
        PooledRequest request = fake.ask("alice");
        long[] pauses = {200, 400, 800};
        for (int i = 0; i < pauses.length; i++) {
            fake.advanceTimeBy(Duration.ofMillis(pauses[i]));
            assertThat(fake.launches).hasSize(i + 2);
            fake.last().refuse("no processes left");
        }
        assertThat(request).isNotDone();
        assertThat(fake.diagnostics.lines())
                .filteredOn(line -> line.startsWith("ERROR"))
                .hasSize(1);
        fake.advanceTimeBy(Duration.ofSeconds(2));
        fake.ready().answer();
        assertThat(verdict(request)).isEqualTo(Verdict.OK);
        assertThat(fake.diagnostics.lines()).anyMatch(line -> line.contains("can be started again"));
    }

    @Test
    void waitersFailWhileNoWorkerCanBeStarted() {
        PooledRequest waiting = fake.ask("alice");
        for (int i = 0; i < 5; i++) {
            assertThat(waiting).isNotDone();
            fake.last().refuse("no processes left");
            fake.advanceTimeBy(Duration.ofSeconds(10));
        }
        assertThat(reason(waiting)).contains("failed to start");
        assertThat(fake.ask("bob")).as("at once").isDone();
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.MAY_NEED_RESTART);

        FakeWorkers.Worker worker = fake.ready();
        PooledRequest next = fake.ask("carol");
        worker.answer();
        assertThat(verdict(next)).isEqualTo(Verdict.OK);
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.GOOD);
    }

    @Test
    void failedGrowthKeepsTheWatchdogFed() {
        FakeWorkers.Worker worker = fake.ready();
        fake.ask("first");
        worker.answer();
        fake.ask("alice");
        fake.ask("bob");
        for (int i = 0; i < 10; i++) {
            fake.advanceTimeBy(Duration.ofSeconds(10));
            fake.last().refuse("no processes left");
            worker.answer();
            fake.ask("next" + i);
        }
        assertThat(fake.diagnostics.lines())
                .filteredOn(line -> line.startsWith("ERROR"))
                .hasSize(1);
        int before = fake.launches.size();
        worker.answer();
        worker.answer();
        worker.die();
        assertThat(fake.launches).as("at once, when it is the last one").hasSize(before + 1);
        PooledRequest next = fake.ask("carol");
        assertThat(next).isNotDone();
        fake.ready().answer();
        assertThat(verdict(next)).isEqualTo(Verdict.OK);
    }

    @Test
    void failedStartsWithoutWaitersKeepTheWatchdogFed() {
        for (int i = 0; i < 7; i++) {
            fake.last().refuse("no processes left");
            fake.advanceTimeBy(Duration.ofSeconds(10));
        }
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.NOT_STARTABLE);
    }

    @Test
    void slowStartIsKilledAndRetriedWithoutCounting() {
        PooledRequest request = fake.ask("alice");
        for (int i = 0; i < 7; i++) {
            FakeWorkers.Worker slow = fake.last().arrive();
            fake.advanceTimeBy(Duration.ofSeconds(15));
            assertThat(slow.isOpen()).isFalse();
            fake.advanceTimeBy(Duration.ofSeconds(10));
        }
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.GOOD);
        fake.ready().answer();
        assertThat(verdict(request)).isEqualTo(Verdict.OK);
    }

    @Test
    void lateWorkerOfATimedOutStartIsKilled() {
        FakeWorkers.Launch never = fake.last();
        fake.advanceTimeBy(Duration.ofSeconds(15));
        fake.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(fake.launches).hasSize(2);
        assertThat(never.arrive().isOpen()).isFalse();
        assertThat(fake.ready().isOpen()).isTrue();
    }

    @Test
    void startupFailureOfTheFirstWorkerFailsTheStart() {
        fake.last().arrive().say(new Reply.StartupFailure("no libpam: install it"));
        assertThat(fake.pool.supply().firstStart()).isCompletedExceptionally();
        assertThat(fake.diagnostics.lines()).anyMatch(line -> line.contains("no libpam: install it"));
    }

    @Test
    void crashOfTheFirstWorkerDoesNotFailTheStart() {
        fake.last().arrive().die();
        assertThat(fake.pool.supply().firstStart()).isCompleted();
        fake.advanceTimeBy(Duration.ofMillis(200));
        assertThat(fake.launches).hasSize(2);
    }

    @Test
    void unusedWorkersThatCrashAreRestartedAfterPauses() {
        for (int i = 0; i < 20; i++) {
            fake.ready().die();
            fake.advanceTimeBy(Duration.ofMillis(100));
        }
        assertThat(fake.launches).hasSizeLessThan(6);
    }
}
