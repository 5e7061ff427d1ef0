package org.x2go.authservice.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.Reply.Disposition;

/** The pool with a clock that only the test moves. */
class WorkerPoolTest {
    private static final Duration GROW = Duration.ofNanos(WorkerSupply.GROW_NANOS);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int MOST = 3;

    private final FakeWorkers fake = new FakeWorkers(MOST, 100);

    private static String reason(CompletableFuture<AuthResult> request) {
        assertThat(request).isDone();
        return request.join().reason();
    }

    private static Verdict verdict(CompletableFuture<AuthResult> request) {
        assertThat(request).isDone();
        return request.join().verdict();
    }

    private static void assertWiped(PooledRequest request) {
        assertThatThrownBy(() -> request.credentials().password()).isInstanceOf(IllegalStateException.class);
    }

    // Order, growth and shrinking.

    @Test
    void requestDuringFirstStartStartsNoSecondWorker() {
        PooledRequest first = fake.ask("alice");
        PooledRequest second = fake.ask("bob");
        fake.pass(Duration.ofSeconds(1));
        assertThat(fake.launches).hasSize(1);

        FakeWorkers.Worker worker = fake.ready();
        worker.answer();
        worker.answer();
        assertThat(verdict(first)).isEqualTo(Verdict.OK);
        assertThat(verdict(second)).isEqualTo(Verdict.OK);
        fake.pass(MINUTE);
        assertThat(fake.launches).hasSize(1);
    }

    @Test
    void oldestWaiterStartsOneWorkerAtATimeUpToTheLimit() {
        fake.ready();
        for (int i = 0; i < 10; i++) {
            fake.ask("user" + i);
        }
        fake.pass(GROW.minusNanos(1));
        assertThat(fake.launches).hasSize(1);
        fake.pass(Duration.ofNanos(1));
        assertThat(fake.launches).hasSize(2);
        fake.pass(Duration.ofSeconds(10));
        assertThat(fake.launches).as("one at a time").hasSize(2);
        fake.ready();
        fake.pass(GROW);
        assertThat(fake.launches).hasSize(3);
        fake.ready();
        fake.pass(MINUTE);
        assertThat(fake.launches).as("the limit").hasSize(MOST);
        assertThat(fake.pool.load().running()).isEqualTo(MOST);
        assertThat(fake.pool.load().waiting()).isEqualTo(10 - MOST);
    }

    @Test
    void waitersServedInTimeStartNoWorker() {
        FakeWorkers.Worker worker = fake.ready();
        fake.ask("first");
        for (int i = 0; i < 100; i++) {
            fake.ask("next" + i);
            fake.pass(GROW.dividedBy(2));
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
        fake.pass(GROW);
        FakeWorkers.Worker second = fake.ready();
        second.answer();
        first.answer();
        fake.ask("carol");
        assertThat(first.asked).isEqualTo(2);
        assertThat(second.asked).isEqualTo(1);
    }

    @Test
    void idleWorkersButOneAreRetiredAfterAMinute() {
        FakeWorkers.Worker first = fake.ready();
        fake.ask("alice");
        fake.ask("bob");
        fake.pass(GROW);
        FakeWorkers.Worker second = fake.ready();
        first.answer();
        second.answer();
        fake.pass(MINUTE.minusSeconds(11));
        assertThat(first.isOpen()).isTrue();
        fake.pass(Duration.ofSeconds(30));
        assertThat(first.isOpen()).as("the one that was used longest ago").isFalse();
        fake.pass(Duration.ofHours(1));
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
        assertThat(fake.ready().asked).isZero();
    }

    @Test
    void disconnectDoesNotStopABusyWorker() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest request = fake.ask("alice");
        assertThat(request.cancel(false)).isFalse();
        worker.answer();
        assertThat(verdict(request)).isEqualTo(Verdict.OK);
    }

    // Crashes.

    @Test
    void idleWorkersCrashCostsNoRequest() {
        FakeWorkers.Worker worker = fake.ready();
        fake.ask("alice");
        worker.answer();
        worker.die();
        PooledRequest next = fake.ask("bob");
        assertThat(next).isNotDone();
        fake.ready().answer();
        assertThat(verdict(next)).isEqualTo(Verdict.OK);
        assertThat(fake.diagnostics.lines()).anyMatch(line -> line.contains("exited while idle"));
    }

    @Test
    void unsentRequestGoesToAnotherWorker() {
        FakeWorkers.Worker worker = fake.ready();
        worker.broken = true;
        PooledRequest first = fake.ask("alice");
        PooledRequest second = fake.ask("bob");
        assertThat(first).isNotDone();
        FakeWorkers.Worker next = fake.ready();
        next.answer(AuthResult.fail("of the first"), Disposition.REUSE);
        next.answer(AuthResult.fail("of the second"), Disposition.REUSE);
        assertThat(reason(first)).isEqualTo("of the first");
        assertThat(reason(second)).isEqualTo("of the second");
        assertWiped(first);
    }

    @Test
    void busyWorkersCrashCostsItsRequestOnly() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest asked = fake.ask("mallory", "bad");
        PooledRequest waiting = fake.ask("alice", "good");
        worker.die();
        assertThat(reason(asked)).contains("crashed");
        fake.ready().answer();
        assertThat(verdict(waiting)).isEqualTo(Verdict.OK);
    }

    @Test
    void partialAnswerIsAnError() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest request = fake.ask("alice");
        ByteBuffer frame = ByteBuffer.allocate(1024);
        new Reply.Answer(worker.number, AuthResult.ok(), Disposition.REUSE).encode(frame);
        frame.flip().limit(frame.limit() - 1);
        worker.channel.writeInbound(Unpooled.wrappedBuffer(frame));
        assertThat(request).isNotDone();
        worker.die();
        assertThat(verdict(request)).isEqualTo(Verdict.ERROR);
    }

    @Test
    void answerToAnotherRequestIsAnError() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest request = fake.ask("alice");
        worker.number--;
        worker.answer();
        assertThat(verdict(request)).isEqualTo(Verdict.ERROR);
        assertThat(worker.isOpen()).isFalse();
    }

    @Test
    void secondAnswerIsNotUsedForAnotherRequest() {
        FakeWorkers.Worker worker = fake.ready();
        fake.ask("alice");
        int number = worker.number;
        worker.answer();
        PooledRequest next = fake.ask("bob");
        worker.say(new Reply.Answer(number, AuthResult.ok(), Disposition.REUSE));
        assertThat(verdict(next)).isEqualTo(Verdict.ERROR);
    }

    @Test
    void exitWithAnOpenChannelIsNoticed() {
        CompletableFuture<String> ending = new CompletableFuture<>();
        FakeWorkers.Worker worker = fake.last().arrive(process(ending));
        worker.ready(10);
        PooledRequest request = fake.ask("alice");
        ending.complete("signal 11");
        worker.channel.runPendingTasks();
        assertThat(request).as("an answer may not have been read yet").isNotDone();
        worker.channel.advanceTimeBy(2, TimeUnit.SECONDS);
        worker.channel.runScheduledPendingTasks();
        assertThat(worker.isOpen()).isFalse();
        assertThat(reason(request)).isEqualTo("the PAM worker crashed (signal 11)");
    }

    @Test
    void answerReadAfterTheExitCounts() {
        CompletableFuture<String> ending = new CompletableFuture<>();
        FakeWorkers.Worker worker = fake.last().arrive(process(ending));
        worker.ready(10);
        PooledRequest request = fake.ask("alice");
        ending.complete("exit status 0");
        worker.channel.runPendingTasks();
        worker.answer(AuthResult.error("a PAM module changed the user"), Disposition.EXIT);
        worker.die();
        assertThat(reason(request)).isEqualTo("a PAM module changed the user");
        assertThat(fake.diagnostics.lines()).noneMatch(line -> line.contains("crashed"));
    }

    @Test
    void exitStatusExplainsAChannelThatEndsAfterIt() {
        CompletableFuture<String> ending = new CompletableFuture<>();
        FakeWorkers.Worker worker = fake.last().arrive(process(ending));
        worker.ready(10);
        PooledRequest request = fake.ask("alice");
        ending.complete("signal 9");
        worker.channel.runPendingTasks();
        worker.channel.pipeline().fireChannelInactive();
        assertThat(reason(request)).isEqualTo("the PAM worker crashed (signal 9)");
    }

    @Test
    void slowExitDoesNotDelayTheVerdict() {
        FakeWorkers.Worker worker = fake.last().arrive(process(new CompletableFuture<>()));
        worker.ready(10);
        PooledRequest request = fake.ask("alice");
        // Closed, an embedded channel would forget what is scheduled.
        worker.channel.pipeline().fireChannelInactive();
        assertThat(request).as("how it ended is waited for").isNotDone();
        worker.channel.advanceTimeBy(2, TimeUnit.SECONDS);
        worker.channel.runScheduledPendingTasks();
        assertThat(reason(request)).contains("it has not exited yet");
    }

    private static WorkerProcess process(CompletableFuture<String> ending) {
        return new WorkerProcess() {
            @Override
            public int pid() {
                return 4711;
            }

            @Override
            public void kill() {}

            @Override
            public CompletionStage<String> ending() {
                return ending;
            }
        };
    }

    // Services whose modules crash.

    @Test
    void crashingServiceFailsFastAndNoOtherDoes() {
        for (int i = 0; i < 3; i++) {
            FakeWorkers.Worker worker = fake.ready();
            fake.ask("mallory", "bad");
            worker.die();
        }
        PooledRequest bad = fake.ask("mallory", "bad");
        assertThat(reason(bad)).contains("crash-looping");
        assertWiped(bad);
        PooledRequest good = fake.ask("alice", "good");
        fake.ready().answer();
        assertThat(verdict(good)).isEqualTo(Verdict.OK);
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.CRASH_LOOPING);
        assertThat(fake.diagnostics.lines())
                .filteredOn(line -> line.contains("consecutive"))
                .hasSize(1);
    }

    @Test
    void waitersOfACrashingServiceFail() {
        PooledRequest[] bad = new PooledRequest[12];
        for (int i = 0; i < bad.length; i++) {
            bad[i] = fake.ask("mallory" + i, "bad");
        }
        PooledRequest good = fake.ask("alice", "good");
        for (int i = 0; i < 3; i++) {
            fake.ready().die();
        }
        assertThat(bad).allMatch(CompletableFuture::isDone);
        assertThat(good).isNotDone();
        fake.ready().answer();
        assertThat(verdict(good)).isEqualTo(Verdict.OK);
    }

    @Test
    void crashingServiceIsProbedAfterAPauseAndRecovers() {
        for (int i = 0; i < 3; i++) {
            FakeWorkers.Worker worker = fake.ready();
            fake.ask("mallory", "bad");
            worker.die();
        }
        FakeWorkers.Worker worker = fake.ready();
        fake.pass(Duration.ofMillis(499));
        assertThat(fake.ask("mallory", "bad")).isDone();
        fake.pass(Duration.ofMillis(1));
        PooledRequest tried = fake.ask("mallory", "bad");
        assertThat(tried).isNotDone();
        assertThat(fake.ask("mallory", "bad")).as("one at a time").isDone();
        worker.answer();
        assertThat(verdict(tried)).isEqualTo(Verdict.OK);
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.GOOD);
        assertThat(fake.diagnostics.lines()).anyMatch(line -> line.contains("answers again"));
        assertThat(fake.ask("alice", "bad")).isNotDone();
    }

    // Starts.

    @Test
    void failedStartIsRetriedAfterPausesWithOneErrorLine() {
        fake.ready().die();
        PooledRequest request = fake.ask("alice");
        long[] pauses = {200, 400, 800};
        for (int i = 0; i < pauses.length; i++) {
            fake.pass(Duration.ofMillis(pauses[i]));
            assertThat(fake.launches).hasSize(i + 2);
            fake.last().refuse("no processes left");
        }
        assertThat(request).isNotDone();
        assertThat(fake.diagnostics.lines())
                .filteredOn(line -> line.startsWith("ERROR"))
                .hasSize(1);
        fake.pass(Duration.ofSeconds(2));
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
            fake.pass(Duration.ofSeconds(10));
        }
        assertThat(reason(waiting)).contains("failed to start");
        assertThat(fake.ask("bob")).as("at once").isDone();
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.UNRECOVERABLE);

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
            fake.pass(Duration.ofSeconds(10));
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
            fake.pass(Duration.ofSeconds(10));
        }
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.NOT_STARTABLE);
    }

    @Test
    void slowStartIsKilledAndRetriedWithoutCounting() {
        PooledRequest request = fake.ask("alice");
        for (int i = 0; i < 7; i++) {
            FakeWorkers.Worker slow = fake.last().arrive();
            fake.pass(Duration.ofSeconds(15));
            assertThat(slow.isOpen()).isFalse();
            fake.pass(Duration.ofSeconds(10));
        }
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.GOOD);
        fake.ready().answer();
        assertThat(verdict(request)).isEqualTo(Verdict.OK);
    }

    @Test
    void lateWorkerOfATimedOutStartIsKilled() {
        FakeWorkers.Launch never = fake.last();
        fake.pass(Duration.ofSeconds(15));
        fake.pass(Duration.ofSeconds(1));
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
        fake.pass(Duration.ofMillis(200));
        assertThat(fake.launches).hasSize(2);
    }

    @Test
    void unusedWorkersThatCrashAreRestartedAfterPauses() {
        for (int i = 0; i < 20; i++) {
            fake.ready().die();
            fake.pass(Duration.ofMillis(100));
        }
        assertThat(fake.launches).hasSizeLessThan(6);
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
        assertThat(second.asked).isEqualTo(1);
        assertThat(first.asked).isEqualTo(1);
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
        assertThat(second.asked).as("one is running").isZero();
        one.pass(MINUTE);
        assertThat(one.launches).hasSize(2);
        first.answer();
        assertThat(second.asked).isEqualTo(1);
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
        fake.pass(GROW);
        FakeWorkers.Worker second = fake.ready();
        second.answer();
        fake.pool.stop();
        assertThat(verdict(running)).isEqualTo(Verdict.ERROR);
        assertThat(verdict(waiting)).isEqualTo(Verdict.OK);
        assertThat(idle.isOpen()).isFalse();
        assertThat(second.isOpen()).isFalse();
        assertThat(reason(fake.ask("carol"))).contains("being stopped");
        fake.pass(MINUTE);
        assertThat(fake.launches).hasSize(2);
    }

    @Test
    void stopDuringBackOffStartsNoWorker() {
        fake.last().refuse("no processes left");
        fake.pool.stop();
        fake.pass(MINUTE);
        assertThat(fake.launches).hasSize(1);
    }
}
