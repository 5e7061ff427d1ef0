package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.status.StatusLogger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Others may print to stderr at the same time. */
class LogComplaintsTest {
    private static final LogTarget STDERR = new LogTarget.Stderr();

    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @AfterEach
    void restore() {
        System.setErr(stderr);
        LogComplaints.LISTENER.print();
    }

    private void capture() {
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @Test
    void theFirstOneIsWhyTheLogCannotBeStarted() throws Exception {
        capture();
        LogComplaints.LISTENER.collect();
        LogComplaints.LISTENER.check(STDERR);

        StatusLogger.getLogger().error("first\ntrouble", new IllegalStateException("x", new IOException("the cause")));
        StatusLogger.getLogger().error("second");

        assertThatThrownBy(() -> LogComplaints.LISTENER.check(STDERR))
                .hasMessage("the log cannot be started: first trouble: the cause");
        LogComplaints.LISTENER.print();
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("trouble", "second");
    }

    @Test
    void laterOnesArePrinted() throws Exception {
        LogComplaints.LISTENER.collect();
        LogComplaints.LISTENER.print();
        capture();

        StatusLogger.getLogger().error("late trouble");

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("x2gobroker-authservice: log4j: late trouble" + System.lineSeparator());
        LogComplaints.LISTENER.check(STDERR);
    }

    /** Whoever is removed leaves a gap that log4j's other threads may fall into. */
    @Test
    void itNeverStopsListening() {
        for (int i = 0; i < 3; i++) {
            LogComplaints.LISTENER.collect();
            assertThat(StatusLogger.getLogger().getListeners()).containsOnlyOnce(LogComplaints.LISTENER);
            LogComplaints.LISTENER.print();
            assertThat(StatusLogger.getLogger().getListeners()).containsOnlyOnce(LogComplaints.LISTENER);
        }
    }
}
