package org.x2go.authservice.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.worker.pool.FakeWorkers.assertWiped;
import static org.x2go.authservice.worker.pool.FakeWorkers.reason;
import static org.x2go.authservice.worker.pool.FakeWorkers.verdict;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.Reply.Disposition;

/** How a pool uses its workers, with a clock that only the test moves. */
class WorkerPoolTest {
    private static final Duration GROW = Duration.ofNanos(WorkerSupply.GROW_NANOS);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int MAX_WORKERS = 3;

    private final FakeWorkers fake = new FakeWorkers(MAX_WORKERS, 100);

    // Order, growth and shrinking.

    @Test
    void requestDuringFirstStartStartsNoSecondWorker() {
        PooledRequest first = fake.ask("alice");
        PooledRequest second = fake.ask("bob");
        fake.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(fake.launches).hasSize(1);

        FakeWorkers.Worker worker = fake.ready();
        worker.answer();
        worker.answer();
        assertThat(verdict(first)).isEqualTo(Verdict.OK);
        assertThat(verdict(second)).isEqualTo(Verdict.OK);
        fake.advanceTimeBy(MINUTE);
        assertThat(fake.launches).hasSize(1);
    }

    @Test
    void oldestWaiterStartsOneWorkerAtATimeUpToTheLimit() {
        fake.ready();
        for (int i = 0; i < 10; i++) {
            fake.ask("user" + i);
        }
        fake.advanceTimeBy(GROW.minusNanos(1));
        assertThat(fake.launches).hasSize(1);
        fake.advanceTimeBy(Duration.ofNanos(1));
        assertThat(fake.launches).hasSize(2);
        fake.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(fake.launches).as("one at a time").hasSize(2);
        fake.ready();
        fake.advanceTimeBy(GROW);
        assertThat(fake.launches).hasSize(3);
        fake.ready();
        fake.advanceTimeBy(MINUTE);
        assertThat(fake.launches).as("the limit").hasSize(MAX_WORKERS);
        assertThat(fake.pool.load().running()).isEqualTo(MAX_WORKERS);
        assertThat(fake.pool.load().waiting()).isEqualTo(10 - MAX_WORKERS);
    }

    @Test
    void waitersServedInTimeStartNoWorker() {
        FakeWorkers.Worker worker = fake.ready();
        fake.ask("first");
        for (int i = 0; i < 100; i++) {
            fake.ask("next" + i);
            fake.advanceTimeBy(GROW.dividedBy(2));
            worker.answer();
        }
        assertThat(fake.launches).hasSize(1);
    }

    @Test
    void firstWaiterGetsTheFirstWorker() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest[] requests = new PooledRequest[5];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = fake.ask("user" + i);
        }
        for (int i = 0; i < requests.length; i++) {
            assertThat(requests[i]).isNotDone();
            worker.answer(AuthResult.fail("answer " + i), Disposition.REUSE);
            assertThat(reason(requests[i])).isEqualTo("answer " + i);
        }
    }

    @Test
    void lastUsedIdleWorkerIsAskedFirst() {
        FakeWorkers.Worker first = fake.ready();
        fake.ask("alice");
        fake.ask("bob");
        fake.advanceTimeBy(GROW);
        FakeWorkers.Worker second = fake.ready();
        second.answer();
        first.answer();
        fake.ask("carol");
        assertThat(first.requestCount).isEqualTo(2);
        assertThat(second.requestCount).isEqualTo(1);
    }

    @Test
    void idleWorkersButOneAreRetiredAfterAMinute() {
        FakeWorkers.Worker first = fake.ready();
        fake.ask("alice");
        fake.ask("bob");
        fake.advanceTimeBy(GROW);
        FakeWorkers.Worker second = fake.ready();
        first.answer();
        second.answer();
        fake.advanceTimeBy(MINUTE.minusSeconds(11));
        assertThat(first.isOpen()).isTrue();
        fake.advanceTimeBy(Duration.ofSeconds(30));
        assertThat(first.isOpen()).as("the one that was used longest ago").isFalse();
        fake.advanceTimeBy(Duration.ofHours(1));
        assertThat(second.isOpen()).as("the only one").isTrue();
        assertThat(fake.launches).hasSize(2);
        assertThat(fake.pool.statisticsNow().lost().crashed()).isZero();
    }

    @Test
    void requestBeyondTheQueueLimitIsAnError() {
        FakeWorkers small = new FakeWorkers(1, 2);
        small.ask("a");
        small.ask("b");
        PooledRequest third = small.ask("c");
        assertThat(reason(third)).contains("too many requests");
        assertWiped(third);
    }

    // Deadlines.

    @Test
    void deadlineKillsTheWorkerAndFailsItsRequestOnly() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest hanging = fake.ask("mallory");
        PooledRequest waiting = fake.ask("alice");
        assertThat(hanging.cancel(true)).isTrue();
        assertThat(reason(hanging)).contains("its worker was killed");
        assertThat(worker.isOpen()).isFalse();
        assertThat(fake.launches).as("there is none any more").hasSize(2);
        fake.ready().answer();
        assertThat(verdict(waiting)).isEqualTo(Verdict.OK);
        assertThat(fake.pool.statisticsNow().lost().killed()).isEqualTo(1);
        assertThat(fake.pool.statisticsNow().lost().crashed()).isZero();
    }

    @Test
    void answerBeforeTheDeadlineCounts() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest request = fake.ask("alice");
        worker.answer();
        assertThat(request.cancel(true)).isTrue();
        assertThat(verdict(request)).isEqualTo(Verdict.OK);
        assertThat(worker.isOpen()).isTrue();
        PooledRequest next = fake.ask("bob");
        request.cancel(true);
        assertThat(worker.isOpen()).as("it has another request now").isTrue();
        assertThat(next).isNotDone();
    }

    @Test
    void answerAfterTheDeadlineDoesNotCount() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest request = fake.ask("alice");
        request.cancel(true);
        ByteBuffer frame = ByteBuffer.allocate(1024);
        new Reply.Answer(worker.number, AuthResult.ok(), Disposition.REUSE).encode(frame);
        worker.channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(frame.flip()));
        assertThat(verdict(request)).isEqualTo(Verdict.ERROR);
    }

    @Test
    void workerThatDoesNotReadIsKilledAndItsFrameWiped() {
        FakeWorkers.Worker worker = fake.ready();
        worker.stalled = true;
        PooledRequest request = fake.ask("alice");
        assertThat(request).isNotDone();
        ByteBuf frame = Objects.requireNonNull(worker.unread);
        int length = frame.readableBytes();
        assertThat(request.cancel(true)).isTrue();
        assertThat(reason(request)).contains("its worker was killed");
        assertThat(worker.isOpen()).isFalse();
        assertWiped(request);
        assertThat(ByteBufUtil.getBytes(frame, 0, length)).containsOnly(0);
        frame.release();
        fake.ready();
        assertThat(fake.pool.load().running()).as("it is sent to no other").isZero();
    }

    @Test
    void waiterAtItsDeadlineIsAnErrorAndWiped() {
        PooledRequest request = fake.ask("alice");
        assertThat(request.cancel(true)).isTrue();
        assertThat(reason(request)).contains("no PAM worker was free in time");
        assertWiped(request);
    }

    @Test
    void cancelledWaiterIsWiped() {
        PooledRequest request = fake.ask("alice");
        assertThat(request.cancel(false)).isTrue();
        assertThat(reason(request)).contains("the client disconnected");
        assertWiped(request);
        assertThat(fake.ready().requestCount).isZero();
    }

    @Test
    void disconnectDoesNotStopABusyWorker() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest request = fake.ask("alice");
        assertThat(request.cancel(false)).isFalse();
        worker.answer();
        assertThat(verdict(request)).isEqualTo(Verdict.OK);
    }

    // Retirement.

    @Test
    void spentWorkersReplacementStartsEarly() {
        FakeWorkers.Worker first = fake.last().arrive().ready(1);
        PooledRequest request = fake.ask("alice");
        assertThat(fake.launches).as("ahead").hasSize(2);
        FakeWorkers.Worker second = fake.last().arrive().ready(1);
        first.answer(AuthResult.ok(), Disposition.RECYCLE);
        assertThat(verdict(request)).isEqualTo(Verdict.OK);
        assertThat(first.isOpen()).isFalse();
        PooledRequest next = fake.ask("bob");
        assertThat(second.requestCount).isEqualTo(1);
        assertThat(first.requestCount).isEqualTo(1);
        second.answer();
        assertThat(verdict(next)).isEqualTo(Verdict.OK);
        assertThat(second.isOpen()).as("whatever it says").isFalse();
    }

    @Test
    void singleRequestWorkersStayWithinTheLimit() {
        FakeWorkers one = new FakeWorkers(1, 100);
        FakeWorkers.Worker first = one.last().arrive().ready(1);
        one.ask("alice");
        one.ask("bob");
        FakeWorkers.Worker second = one.last().arrive().ready(1);
        assertThat(second.requestCount).as("one is running").isZero();
        one.advanceTimeBy(MINUTE);
        assertThat(one.launches).hasSize(2);
        first.answer();
        assertThat(second.requestCount).isEqualTo(1);
    }

    @Test
    void recycledWorkerGetsNoFurtherRequest() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest request = fake.ask("alice");
        PooledRequest next = fake.ask("bob");
        worker.answer(AuthResult.ok(), Disposition.RECYCLE);
        assertThat(verdict(request)).isEqualTo(Verdict.OK);
        assertThat(worker.isOpen()).isFalse();
        assertThat(next).isNotDone();
        fake.ready().answer();
        assertThat(verdict(next)).isEqualTo(Verdict.OK);
    }

    // Stops.

    @Test
    void stopWhileStartingKillsTheLateWorker() {
        FakeWorkers.Launch launch = fake.last();
        PooledRequest waiting = fake.ask("alice");
        fake.pool.stop();
        assertThat(reason(waiting)).contains("being stopped");
        assertWiped(waiting);
        assertThat(launch.arrive().isOpen()).isFalse();
    }

    @Test
    void stopFailsRequestsAndKillsWorkers() {
        FakeWorkers.Worker idle = fake.ready();
        PooledRequest running = fake.ask("alice");
        PooledRequest waiting = fake.ask("bob");
        fake.advanceTimeBy(GROW);
        FakeWorkers.Worker second = fake.ready();
        second.answer();
        fake.pool.stop();
        assertThat(verdict(running)).isEqualTo(Verdict.ERROR);
        assertThat(verdict(waiting)).isEqualTo(Verdict.OK);
        assertThat(idle.isOpen()).isFalse();
        assertThat(second.isOpen()).isFalse();
        assertThat(reason(fake.ask("carol"))).contains("being stopped");
        fake.advanceTimeBy(MINUTE);
        assertThat(fake.launches).hasSize(2);
    }

    @Test
    void stopDuringBackOffStartsNoWorker() {
        fake.last().refuse("no processes left");
        fake.pool.stop();
        fake.advanceTimeBy(MINUTE);
        assertThat(fake.launches).hasSize(1);
    }
}
