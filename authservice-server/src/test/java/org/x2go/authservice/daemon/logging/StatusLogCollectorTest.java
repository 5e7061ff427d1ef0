package org.x2go.authservice.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.status.StatusLogger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.testsupport.Program;

/** Others may print to stderr at the same time. */
class StatusLogCollectorTest {
    private static final LogTarget STDERR = new LogTarget.Stderr();

    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @AfterEach
    void restore() {
        System.setErr(stderr);
        StatusLogCollector.LISTENER.print();
    }

    private void capture() {
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @Test
    void firstErrorFailsTheStart() throws Exception {
        capture();
        StatusLogCollector.LISTENER.collect();
        StatusLogCollector.LISTENER.check(STDERR);

        StatusLogger.getLogger().error("first\ntrouble", new IllegalStateException("x", new IOException("the cause")));
        StatusLogger.getLogger().error("second");

        assertThatThrownBy(() -> StatusLogCollector.LISTENER.check(STDERR))
                .hasMessage("the log cannot be started: first trouble: the cause");
        StatusLogCollector.LISTENER.print();
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("trouble", "second");
    }

    @Test
    void laterErrorsArePrinted() throws Exception {
        StatusLogCollector.LISTENER.collect();
        StatusLogCollector.LISTENER.print();
        capture();

        StatusLogger.getLogger().error("late trouble");

        Program.await(
                "it is printed",
                () -> printed.toString(StandardCharsets.UTF_8)
                        .contains("x2gobroker-authservice: log4j: late trouble" + System.lineSeparator()));
        StatusLogCollector.LISTENER.check(STDERR);
    }

    /** A logging thread, such as the event loop, must not wait for an unread stderr. */
    @Test
    void printingDoesNotBlockTheLogger() throws Exception {
        StatusLogCollector.LISTENER.print();
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch printing = new CountDownLatch(1);
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8) {
            @Override
            public void println(String line) {
                printing.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                super.println(line);
            }
        });

        for (int i = 0; i < 1000; i++) {
            StatusLogger.getLogger().error("trouble {}", i);
        }

        printing.await();
        assertThat(printed.size()).isZero();
        goOn.countDown();
        Program.await(
                "it is printed", () -> printed.toString(StandardCharsets.UTF_8).contains("trouble 0"));
    }

    /** Removing a listener leaves a gap in the list, on which log4j's other threads may fail. */
    @Test
    void listenerStaysRegisteredOnce() {
        for (int i = 0; i < 3; i++) {
            StatusLogCollector.LISTENER.collect();
            assertThat(StatusLogger.getLogger().getListeners()).containsOnlyOnce(StatusLogCollector.LISTENER);
            StatusLogCollector.LISTENER.print();
            assertThat(StatusLogger.getLogger().getListeners()).containsOnlyOnce(StatusLogCollector.LISTENER);
        }
    }
}
