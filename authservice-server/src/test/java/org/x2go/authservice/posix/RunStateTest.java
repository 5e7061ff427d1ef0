package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunStateTest {
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicBoolean spinning = new AtomicBoolean(true);

    @Test
    void aThreadThatSpinsComputesAndOneThatWaitsDoesNot() throws Exception {
        try (Subject subject = new Subject("plain")) {
            awaitComputing(subject.state, true);
            spinning.set(false);
            awaitComputing(subject.state, false);
        }
    }

    @Test
    void theNameOfAThreadIsNotTakenForItsState() throws Exception {
        try (Subject subject = new Subject(") R (x) R")) {
            spinning.set(false);
            awaitComputing(subject.state, false);
        }
    }

    @Test
    void anotherThreadIsFoundByItsNumber() throws Exception {
        try (Subject subject = new Subject("plain");
                RunState found = RunState.ofThread(subject.number)) {
            awaitComputing(found, true);
            spinning.set(false);
            awaitComputing(found, false);
        }
    }

    @Test
    void aThreadThatHasEndedDoesNotCompute() throws Exception {
        Subject subject = new Subject("plain");
        RunState found = RunState.ofThread(subject.number);

        subject.close();

        // To Java it has ended a little before it has to the kernel.
        awaitComputing(found, false);
        found.close();
        assertThat(found.isComputing()).isFalse();
        while (Files.exists(Path.of("/proc/self/task/" + subject.number))) {
            Thread.sleep(1);
        }
        assertThatThrownBy(() -> RunState.ofThread(subject.number)).isInstanceOf(IOException.class);
    }

    private static void awaitComputing(RunState state, boolean computing) throws InterruptedException {
        while (state.isComputing() != computing) {
            Thread.sleep(1);
        }
    }

    /** A thread that spins, then waits. */
    private final class Subject implements AutoCloseable {
        private final Thread thread;
        private final RunState state;
        private final int number;

        Subject(String name) throws Exception {
            CompletableFuture<RunState> opened = new CompletableFuture<>();
            CompletableFuture<Integer> numbered = new CompletableFuture<>();
            thread = new Thread(() -> spinThenWait(opened, numbered), name);
            thread.start();
            state = opened.get();
            number = numbered.get();
        }

        private void spinThenWait(CompletableFuture<RunState> opened, CompletableFuture<Integer> numbered) {
            try {
                opened.complete(RunState.ofCallingThread());
                numbered.complete(RunState.callingThread());
                while (spinning.get()) {
                    Thread.onSpinWait();
                }
                over.await();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws Exception {
            spinning.set(false);
            over.countDown();
            thread.join();
            state.close();
        }
    }
}
