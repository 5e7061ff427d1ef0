package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerThreadsTest {
    private static final int COUNT = 4;
    private static final int PROCESSORS = 2;

    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    private final WorkerThreads workers = new WorkerThreads(COUNT, 100, PROCESSORS, thread -> false, watch);

    @AfterEach
    void stop() {
        workers.stop();
        watch.shutdownNow();
    }

    @Test
    void runEveryAttemptOfManyShortBursts() throws InterruptedException {
        AtomicInteger done = new AtomicInteger();

        for (int burst = 0; burst < 20_000; burst++) {
            int attempts = 1 + burst % (2 * COUNT);
            CountDownLatch finished = new CountDownLatch(attempts);
            for (int i = 0; i < attempts; i++) {
                assertThat(workers.submit(() -> {
                            done.incrementAndGet();
                            finished.countDown();
                        }))
                        .isTrue();
            }
            // Were an attempt left in the queue while all workers sleep, this would not come back.
            finished.await();
        }

        assertThat(done).hasValueGreaterThan(20_000);
        assertThat(workers.queued()).isZero();
    }

    @Test
    void giveEachAttemptAWorkerWhenTheOthersDoNotComeBack() throws InterruptedException {
        for (int round = 0; round < 500; round++) {
            CountDownLatch over = new CountDownLatch(1);
            keepBusy(workers, COUNT, over);
            over.countDown();
        }
    }

    @Test
    void goOnBesideOnesThatNeverComeBack() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        for (int i = 0; i < COUNT - 1; i++) {
            workers.submit(() -> awaitQuietly(over));
        }

        for (int i = 0; i < 1000; i++) {
            awaitOneMore(workers);
        }

        assertThat(workers.busy()).isGreaterThanOrEqualTo(COUNT - 1);
        over.countDown();
    }

    @Test
    void areLookedAtAgainSoonWhileNoneOfThemComputes() throws InterruptedException {
        List<Duration> pauses = new CopyOnWriteArrayList<>();
        ScheduledThreadPoolExecutor noting = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable look, long pause, TimeUnit unit) {
                pauses.add(Duration.ofNanos(unit.toNanos(pause)));
                return super.schedule(look, pause, unit);
            }
        };
        WorkerThreads patient = new WorkerThreads(3 * COUNT, 100, PROCESSORS, thread -> false, noting);
        CountDownLatch over = new CountDownLatch(1);

        keepBusy(patient, 3 * COUNT, over);

        assertThat(pauses).isNotEmpty().doesNotContain(Duration.ofMillis(8));
        over.countDown();
        patient.stop();
        noting.shutdownNow();
    }

    @Test
    void areStartedThoughItCannotBeToldWhoComputes() throws InterruptedException {
        WorkerThreads asking = new WorkerThreads(
                COUNT,
                100,
                PROCESSORS,
                thread -> {
                    throw new IllegalStateException("thrown on purpose");
                },
                watch);
        CountDownLatch over = new CountDownLatch(1);
        for (int i = 0; i < PROCESSORS; i++) {
            asking.submit(() -> awaitQuietly(over));
        }

        awaitOneMore(asking);

        over.countDown();
        asking.stop();
    }

    @Test
    void doNotWaitForOnesThatComputeForEver() throws InterruptedException {
        AtomicBoolean spinning = new AtomicBoolean(true);
        for (int i = 0; i < PROCESSORS; i++) {
            workers.submit(() -> {
                while (spinning.get()) {
                    Thread.onSpinWait();
                }
            });
        }

        awaitOneMore(workers);
        spinning.set(false);
    }

    @Test
    void waitForAsManyAsThereAreProcessorsWhileSomebodyComputesForThem() throws InterruptedException {
        WorkerThreads served = new WorkerThreads(COUNT, 100, PROCESSORS, thread -> true, watch);
        CountDownLatch over = new CountDownLatch(1);
        long begun = System.nanoTime();
        for (int i = 0; i < PROCESSORS; i++) {
            served.submit(() -> awaitQuietly(over));
        }

        awaitOneMore(served);

        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(WorkerThread.LONG.toNanos());
        over.countDown();
        served.stop();
    }

    @Test
    void doNotWaitForAnybodyWhileThereAreFewerThanProcessors() throws InterruptedException {
        WorkerThreads served = new WorkerThreads(COUNT, 100, PROCESSORS, thread -> true, watch);
        CountDownLatch over = new CountDownLatch(1);
        // It is the watch that would give the last one a worker later.
        watch.execute(() -> awaitQuietly(over));
        for (int i = 0; i < PROCESSORS - 1; i++) {
            served.submit(() -> awaitQuietly(over));
        }

        awaitOneMore(served);

        over.countDown();
        served.stop();
    }

    @Test
    void areNoMoreThanThereMayBe() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch oneMore = new CountDownLatch(1);
        keepBusy(workers, COUNT, over);
        workers.submit(oneMore::countDown);

        assertThat(oneMore.await(50, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(workers.busy()).isEqualTo(COUNT);
        assertThat(workers.queued()).isEqualTo(1);

        over.countDown();
        oneMore.await();
    }

    @Test
    void areStartedOnlyAsFarAsTheyAreNeeded() throws InterruptedException {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 200; i++) {
            CountDownLatch done = new CountDownLatch(1);
            workers.submit(() -> {
                threads.add(Thread.currentThread());
                done.countDown();
            });
            done.await();
            while (workers.busy() > 0) {
                LockSupport.parkNanos(1000);
            }
        }

        assertThat(threads).hasSize(1);
    }

    @Test
    void refuseMoreThanTheQueueHolds() throws InterruptedException {
        WorkerThreads one = new WorkerThreads(1, 1, PROCESSORS, thread -> false, watch);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        assertThat(one.submit(() -> {
                    running.countDown();
                    awaitQuietly(over);
                }))
                .isTrue();
        running.await();

        assertThat(one.submit(() -> {})).isTrue();
        assertThat(one.submit(() -> {})).isFalse();

        over.countDown();
        one.stop();
    }

    @Test
    void doNotRunWhatWasTakenOut() throws InterruptedException {
        WorkerThreads one = new WorkerThreads(1, 10, PROCESSORS, thread -> false, watch);
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        Runnable withdrawn = ran::incrementAndGet;
        CountDownLatch last = new CountDownLatch(1);
        one.submit(() -> awaitQuietly(over));
        one.submit(withdrawn);
        one.submit(last::countDown);

        one.withdraw(withdrawn);
        over.countDown();
        last.await();

        assertThat(ran).hasValue(0);
        one.stop();
    }

    @Test
    void outliveAnAttemptThatThrows() throws InterruptedException {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        CountDownLatch told = new CountDownLatch(1);
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> told.countDown());
        try {
            CountDownLatch next = new CountDownLatch(1);
            workers.submit(() -> {
                throw new IllegalStateException("thrown on purpose");
            });
            workers.submit(next::countDown);

            told.await();
            next.await();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    void doWhatIsQueuedBeforeTheyStopAndTakeNoMore() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(10);
        for (int i = 0; i < COUNT; i++) {
            workers.submit(() -> awaitQuietly(over));
        }
        for (int i = 0; i < 10; i++) {
            workers.submit(done::countDown);
        }

        workers.stop();

        assertThat(workers.submit(() -> {})).isFalse();
        over.countDown();
        done.await();
        while (workers.busy() > 0) {
            Thread.sleep(1);
        }
    }

    /** Returns when so many of them are. */
    private static void keepBusy(WorkerThreads workers, int count, CountDownLatch over) throws InterruptedException {
        CountDownLatch allAtOnce = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            workers.submit(() -> {
                allAtOnce.countDown();
                awaitQuietly(over);
            });
        }
        allAtOnce.await();
    }

    private static void awaitOneMore(WorkerThreads workers) throws InterruptedException {
        CountDownLatch oneMore = new CountDownLatch(1);
        workers.submit(oneMore::countDown);
        oneMore.await();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
