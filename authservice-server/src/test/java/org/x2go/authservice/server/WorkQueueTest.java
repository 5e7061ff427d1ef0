package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
    private static final int WORKERS = 4;

    private final WorkQueue queue = new WorkQueue(100);
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(WORKERS, WORKERS, 1, TimeUnit.MINUTES, queue);

    WorkQueueTest() {
        workers.allowCoreThreadTimeOut(true);
        workers.prestartAllCoreThreads();
    }

    @AfterEach
    void stop() {
        workers.shutdownNow();
    }

    @Test
    void refusesMoreThanItHolds() {
        WorkQueue small = new WorkQueue(1);

        assertThat(small.offer(() -> {})).isTrue();
        assertThat(small.offer(() -> {})).isFalse();
    }

    @Test
    void givesUpWaitingWhenTheTimeIsOver() throws InterruptedException {
        assertThat(new WorkQueue(1).poll(1, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void runsEveryTaskOfManyShortBursts() throws InterruptedException {
        AtomicInteger done = new AtomicInteger();

        for (int burst = 0; burst < 20_000; burst++) {
            int tasks = 1 + burst % (2 * WORKERS);
            CountDownLatch finished = new CountDownLatch(tasks);
            for (int i = 0; i < tasks; i++) {
                workers.execute(() -> {
                    done.incrementAndGet();
                    finished.countDown();
                });
            }
            // Were a task left in the queue while all workers sleep, this would not come back.
            assertThat(finished.await(10, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(done).hasValueGreaterThan(20_000);
        assertThat(queue).isEmpty();
    }

    @Test
    void wakesAWorkerForEachTaskWhenTheOthersDoNotComeBack() throws InterruptedException {
        for (int round = 0; round < 2_000; round++) {
            CountDownLatch allAtOnce = new CountDownLatch(WORKERS);
            CountDownLatch over = new CountDownLatch(1);
            for (int i = 0; i < WORKERS; i++) {
                workers.execute(() -> {
                    allAtOnce.countDown();
                    awaitQuietly(over);
                });
            }
            assertThat(allAtOnce.await(10, TimeUnit.SECONDS)).isTrue();
            over.countDown();
        }
    }

    @Test
    void aTaskThatWasTakenOutIsNotRun() {
        WorkQueue unattended = new WorkQueue(2);
        Runnable task = () -> {};
        assertThat(unattended.offer(task)).isTrue();

        assertThat(unattended.remove(task)).isTrue();

        assertThat(unattended.poll()).isNull();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
