package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineLayoutTest {
    private static String line(String zone, Level level, String message, @Nullable Throwable thrown) {
        return new LineLayout(() -> ZoneId.of(zone))
                .toSerializable(Log4jLogEvent.newBuilder()
                        .setTimeMillis(Instant.parse("2026-03-04T05:06:07.008Z").toEpochMilli())
                        .setLevel(level)
                        .setMessage(new SimpleMessage(message))
                        .setThrown(thrown)
                        .build());
    }

    @ParameterizedTest
    @CsvSource({
        "UTC, 2026-03-04T05:06:07.008+00:00",
        "+05:30, 2026-03-04T10:36:07.008+05:30",
        "-09:30, 2026-03-03T19:36:07.008-09:30"
    })
    void startsWithTheTimeAndItsOffset(String zone, String time) {
        assertThat(line(zone, Level.INFO, "hello", null)).isEqualTo(time + " INFO  hello\n");
    }

    @Test
    void isOneLineWhateverIsInTheMessage() {
        assertThat(line("UTC", Level.ERROR, "a\nb\rc\td\u001b[2J\u0085\u2028ä\\n", null))
                .isEqualTo("2026-03-04T05:06:07.008+00:00 ERROR a\\nb\\rc\\td\\u001b[2J\\u0085\\u2028ä\\n\n");
    }

    @Test
    void isOneLineWithAnExceptionToo() {
        Exception thrown = new IllegalStateException("x\ny", new java.io.IOException("z"));

        assertThat(line("UTC", Level.WARN, "failed", thrown))
                .contains("WARN  failed: java.lang.IllegalStateException: x\\ny | at ")
                .contains(" | caused by java.io.IOException: z | at ")
                .hasLineCount(1)
                .endsWith("\n");
    }
}
