package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SchedulingTest {
    private static final int SCHED_BATCH = 3;

    @Test
    void batchPolicyIsSetForTheThread() throws InterruptedException {
        AtomicInteger policy = new AtomicInteger();
        Thread thread = new Thread(() -> {
            Scheduling.setBatchPolicy();
            policy.set(policyOfCallingThread());
        });

        thread.start();
        thread.join();

        assertThat(policy).hasValue(SCHED_BATCH);
    }

    /** Field 41 of proc_pid_stat(5); the second one, in parentheses, may hold spaces. */
    private static int policyOfCallingThread() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Integer.parseInt(fields[41 - 3]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
