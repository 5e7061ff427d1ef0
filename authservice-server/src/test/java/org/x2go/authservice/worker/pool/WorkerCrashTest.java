package org.x2go.authservice.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.worker.pool.FakeWorkers.assertWiped;
import static org.x2go.authservice.worker.pool.FakeWorkers.reason;
import static org.x2go.authservice.worker.pool.FakeWorkers.verdict;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.Reply.Disposition;

/** Workers that crash or send what they should not, with a clock that only the test moves. */
class WorkerCrashTest {
    private static final int MAX_WORKERS = 3;

    private final FakeWorkers fake = new FakeWorkers(MAX_WORKERS, 100);

    private final CompletableFuture<String> ending = new CompletableFuture<>();

    /** A worker, ready for ten requests, whose process this pool has started. */
    private FakeWorkers.Worker spawned() {
        return fake.last()
                .arrive(new WorkerProcess() {
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
                })
                .ready(10);
    }

    /** Ends the process of {@link #spawned}; its channel stays open. */
    private void exit(FakeWorkers.Worker worker, String how) {
        ending.complete(how);
        worker.channel.runPendingTasks();
    }

    private void crashThreeTimes(String service) {
        for (int i = 0; i < 3; i++) {
            FakeWorkers.Worker worker = fake.ready();
            fake.ask("mallory", service);
            worker.die();
        }
    }

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
        FakeWorkers.Worker worker = spawned();
        PooledRequest request = fake.ask("alice");
        exit(worker, "signal 11");
        assertThat(request).as("an answer may not have been read yet").isNotDone();
        worker.channel.advanceTimeBy(2, TimeUnit.SECONDS);
        worker.channel.runScheduledPendingTasks();
        assertThat(worker.isOpen()).isFalse();
        assertThat(reason(request)).isEqualTo("the PAM worker crashed (signal 11)");
    }

    @Test
    void answerReadAfterTheExitCounts() {
        FakeWorkers.Worker worker = spawned();
        PooledRequest request = fake.ask("alice");
        exit(worker, "exit status 0");
        worker.answer(AuthResult.error("a PAM module changed the user"), Disposition.EXIT);
        worker.die();
        assertThat(reason(request)).isEqualTo("a PAM module changed the user");
        assertThat(fake.diagnostics.lines()).noneMatch(line -> line.contains("crashed"));
    }

    @Test
    void exitedWorkerGetsNoRequest() {
        FakeWorkers.Worker worker = spawned();
        exit(worker, "signal 9");
        PooledRequest request = fake.ask("alice");
        assertThat(worker.requestCount).isZero();
        fake.ready().answer();
        assertThat(verdict(request)).isEqualTo(Verdict.OK);
    }

    @Test
    void messagesAfterAWrongOneAreIgnored() {
        FakeWorkers.Worker worker = fake.ready();
        PooledRequest request = fake.ask("alice");
        ByteBuffer frames = ByteBuffer.allocate(2 * (Integer.BYTES + Reply.MAX_BODY));
        new Reply.Answer(worker.number + 1, AuthResult.ok(), Disposition.REUSE).encode(frames);
        new Reply.Answer(worker.number, AuthResult.ok(), Disposition.REUSE).encode(frames);
        worker.channel.writeInbound(Unpooled.wrappedBuffer(frames.flip()));
        assertThat(verdict(request)).isEqualTo(Verdict.ERROR);
    }

    @Test
    void exitStatusExplainsAChannelThatEndsAfterIt() {
        FakeWorkers.Worker worker = spawned();
        PooledRequest request = fake.ask("alice");
        exit(worker, "signal 9");
        worker.channel.pipeline().fireChannelInactive();
        assertThat(reason(request)).isEqualTo("the PAM worker crashed (signal 9)");
    }

    @Test
    void slowExitDoesNotDelayTheVerdict() {
        FakeWorkers.Worker worker = spawned();
        PooledRequest request = fake.ask("alice");
        // The channel is not closed, since a closed EmbeddedChannel drops what is scheduled.
        worker.channel.pipeline().fireChannelInactive();
        assertThat(request).as("it waits for the exit status").isNotDone();
        worker.channel.advanceTimeBy(2, TimeUnit.SECONDS);
        worker.channel.runScheduledPendingTasks();
        assertThat(reason(request)).contains("it has not exited yet");
    }

    // Services whose modules crash.

    @Test
    void crashingServiceFailsFastAndNoOtherDoes() {
        crashThreeTimes("bad");
        PooledRequest bad = fake.ask("mallory", "bad");
        assertThat(reason(bad)).contains("crash repeatedly");
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
        crashThreeTimes("bad");
        FakeWorkers.Worker worker = fake.ready();
        fake.advanceTimeBy(Duration.ofMillis(499));
        assertThat(fake.ask("mallory", "bad")).isDone();
        fake.advanceTimeBy(Duration.ofMillis(1));
        PooledRequest tried = fake.ask("mallory", "bad");
        assertThat(tried).isNotDone();
        assertThat(fake.ask("mallory", "bad")).as("one at a time").isDone();
        worker.answer();
        assertThat(verdict(tried)).isEqualTo(Verdict.OK);
        assertThat(fake.pool.statisticsNow().health()).isEqualTo(PoolStatistics.Health.GOOD);
        assertThat(fake.diagnostics.lines()).anyMatch(line -> line.contains("no longer crashes its PAM workers"));
        assertThat(fake.ask("alice", "bad")).isNotDone();
    }
}
