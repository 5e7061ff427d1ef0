package org.x2go.authservice.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.Program;

/** Whatever becomes free wakes one who waits, whoever leaves in between. A test that holds the lock stops the world. */
class WaitingLineTest {
    private static final long AT_ONCE = -1;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long HANGS_SECONDS = 60;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void endThreads() {
        threads.forEach(Thread::interrupt);
    }

    /** One who waits in a thread of its own. */
    private final class Waiter {
        private final FutureTask<String> task;
        private final Thread thread;

        Waiter(WaitingLine<String> line, long deadline) throws InterruptedException {
            int before = line.countWaiting();
            task = new FutureTask<>(() -> line.take(deadline));
            thread = new Thread(task);
            threads.add(thread);
            thread.start();
            Program.await("it waits", () -> line.countWaiting() == before + 1);
        }

        Waiter(WaitingLine<String> line) throws InterruptedException {
            this(line, later());
        }

        String got() throws ExecutionException, InterruptedException, TimeoutException {
            return task.get(HANGS_SECONDS, TimeUnit.SECONDS);
        }

        /** It has been woken, by whatever it was, and would go on if it had the lock. */
        void awaitAwake() throws InterruptedException {
            Program.await("it is awake", () -> lock.hasQueuedThread(thread));
        }

        void interrupt() {
            thread.interrupt();
        }
    }

    private static long later() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(10 * HANGS_SECONDS);
    }

    private WaitingLine<String> line(long fairNanos) {
        return new WaitingLine<>(lock, fairNanos);
    }

    @Test
    void whatBecameFreeLastIsTakenFirst() throws Exception {
        WaitingLine<String> line = line(NEVER);
        line.put("first");
        line.put("second");
        assertThat(line.take(later())).isEqualTo("second");
        assertThat(line.take(later())).isEqualTo("first");
    }

    @Test
    void whoComesWhenNothingIsFreeUntilTheDeadlineGetsNothing() throws Exception {
        WaitingLine<String> line = line(NEVER);
        assertThat(line.take(System.nanoTime())).isNull();
        assertThat(line.countWaiting()).isZero();
        assertThat(line.longestWait()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {AT_ONCE, NEVER})
    void whatBecomesFreeGoesToTheOneThatHasWaitedLongest(long fairNanos) throws Exception {
        WaitingLine<String> line = line(fairNanos);
        Waiter first = new Waiter(line);
        Waiter second = new Waiter(line);
        line.put("a");
        assertThat(first.got()).isEqualTo("a");
        assertThat(line.countWaiting()).isEqualTo(1);
        line.put("b");
        assertThat(second.got()).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(longs = {AT_ONCE, NEVER})
    void twoThatBecomeFreeAtOnceWakeTwo(long fairNanos) throws Exception {
        WaitingLine<String> line = line(fairNanos);
        Waiter first = new Waiter(line);
        Waiter second = new Waiter(line);
        lock.lock();
        try {
            line.put("a");
            line.put("b");
        } finally {
            lock.unlock();
        }
        assertThat(Set.of(first.got(), second.got())).containsExactlyInAnyOrder("a", "b");
    }

    @ParameterizedTest
    @ValueSource(longs = {AT_ONCE, NEVER})
    void whatBecomesFreeForOneThatIsInterruptedWakesTheNext(long fairNanos) throws Exception {
        WaitingLine<String> line = line(fairNanos);
        Waiter first = new Waiter(line);
        Waiter second = new Waiter(line);
        lock.lock();
        try {
            first.interrupt();
            first.awaitAwake();
            line.put("a");
        } finally {
            lock.unlock();
        }
        assertThatThrownBy(first::got).hasCauseInstanceOf(InterruptedException.class);
        assertThat(second.got()).isEqualTo("a");
    }

    @Test
    void whatBecomesFreeForOneWhoseTimeIsOverWakesTheNext() throws Exception {
        WaitingLine<String> line = line(NEVER);
        Waiter first = new Waiter(line, System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
        Waiter second = new Waiter(line);
        lock.lock();
        try {
            first.awaitAwake();
            line.put("a");
        } finally {
            lock.unlock();
        }
        assertThat(first.got()).isNull();
        assertThat(second.got()).isEqualTo("a");
    }

    @Test
    void whatIsGivenToOneWhoseTimeIsOverIsItsOwn() throws Exception {
        WaitingLine<String> line = line(AT_ONCE);
        Waiter first = new Waiter(line, System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
        lock.lock();
        try {
            first.awaitAwake();
            line.put("a");
        } finally {
            lock.unlock();
        }
        assertThat(first.got()).isEqualTo("a");
        assertThat(line.countFree()).isZero();
    }

    @Test
    void whoAsksNextMayComeBeforeOneThatHasWaitedForAMomentOnly() throws Exception {
        WaitingLine<String> line = line(NEVER);
        Waiter waiter = new Waiter(line);
        lock.lock();
        try {
            line.put("a");
            assertThat(line.take(later())).isEqualTo("a");
        } finally {
            lock.unlock();
        }
        line.put("b");
        assertThat(waiter.got()).isEqualTo("b");
    }

    @Test
    void whoAsksNextDoesNotComeBeforeOneThatHasWaitedForLong() throws Exception {
        WaitingLine<String> line = line(AT_ONCE);
        Waiter waiter = new Waiter(line);
        lock.lock();
        try {
            line.put("a");
            assertThat(line.take(System.nanoTime())).isNull();
        } finally {
            lock.unlock();
        }
        assertThat(waiter.got()).isEqualTo("a");
    }

    @Test
    void whatIsTakenAwayIsGivenToNobody() throws Exception {
        WaitingLine<String> line = line(NEVER);
        line.put("a");
        assertThat(line.remove("a")).isTrue();
        assertThat(line.remove("a")).isFalse();
        assertThat(line.take(System.nanoTime())).isNull();
    }

    @Test
    void whoIsSentAwayGetsNothingAndWhoComesLaterWaits() throws Exception {
        WaitingLine<String> line = line(NEVER);
        Waiter first = new Waiter(line);
        Waiter second = new Waiter(line);
        line.sendAway();
        assertThat(first.got()).isNull();
        assertThat(second.got()).isNull();
        Waiter third = new Waiter(line);
        line.put("a");
        assertThat(third.got()).isEqualTo("a");
    }

    @Test
    void whenItIsClosedNobodyGetsAnything() throws Exception {
        WaitingLine<String> line = line(NEVER);
        Waiter waiter = new Waiter(line);
        line.close();
        line.put("a");
        assertThat(waiter.got()).isNull();
        assertThat(line.take(later())).isNull();
    }

    /** Two things and many takers, some of whom wait for a moment only, and some are interrupted. */
    @ParameterizedTest
    @ValueSource(longs = {AT_ONCE, 50_000, NEVER})
    void nobodySleepsWhileSomethingIsFreeAndNothingIsHadByTwo(long fairNanos) throws Exception {
        WaitingLine<String> line = line(fairNanos);
        Set<String> held = ConcurrentHashMap.newKeySet();
        line.put("a");
        line.put("b");
        List<FutureTask<Void>> takers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            boolean patient = i < 4;
            FutureTask<Void> taker = new FutureTask<>(() -> {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                for (int taken = 0; taken < 2000; taken++) {
                    String one = null;
                    try {
                        one = line.take(patient ? later() : System.nanoTime() + random.nextInt(200_000));
                    } catch (InterruptedException e) {
                        continue;
                    }
                    assertThat(one == null && patient).isFalse();
                    if (one != null) {
                        assertThat(held.add(one)).isTrue();
                        Thread.onSpinWait();
                        held.remove(one);
                        line.put(one);
                    }
                }
                return null;
            });
            takers.add(taker);
            Thread thread = new Thread(taker);
            threads.add(thread);
            thread.start();
        }
        while (!takers.stream().allMatch(FutureTask::isDone)) {
            threads.get(ThreadLocalRandom.current().nextInt(threads.size())).interrupt();
            TimeUnit.MICROSECONDS.sleep(200);
        }
        for (FutureTask<Void> taker : takers) {
            taker.get();
        }
        assertThat(line.free()).containsExactlyInAnyOrder("a", "b");
        assertThat(line.countWaiting()).isZero();
    }
}
