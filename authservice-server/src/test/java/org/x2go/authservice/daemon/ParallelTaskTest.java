package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ParallelTaskTest {
    @Test
    void goesOnBesideWhoBeganItUntilItIsAwaited() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();

        ParallelTask task = ParallelTask.begin("test", () -> {
            begun.await();
            done.set(true);
        });
        begun.countDown();
        task.await();

        assertThat(done).isTrue();
    }

    @Test
    void tellsWhoAwaitsItWhatWentWrong() {
        IOException failure = new IOException("no file");
        ParallelTask task = ParallelTask.begin("test", () -> {
            throw failure;
        });

        assertThatThrownBy(task::await).isSameAs(failure);
    }

    @Test
    void tellsWhoAwaitsItThatALibraryIsMissing() {
        Error failure = new UnsatisfiedLinkError("no library");
        ParallelTask task = ParallelTask.begin("test", () -> {
            throw failure;
        });

        assertThatThrownBy(task::await).isSameAs(failure);
    }
}
