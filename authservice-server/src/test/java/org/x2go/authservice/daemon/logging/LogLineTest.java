package org.x2go.authservice.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines of the built-in configuration. */
class LogLineTest {
    private static final Instant TIME = Instant.parse("2026-03-04T05:06:07.008Z");

    private static String line(LogTarget target, Level level, String message, @Nullable Throwable thrown)
            throws Exception {
        try (LoggerContext context = new LoggerContext("test")) {
            context.start(Logging.configuration(target));
            byte[] line = context.getConfiguration()
                    .getAppender("target")
                    .getLayout()
                    .toByteArray(Log4jLogEvent.newBuilder()
                            .setTimeMillis(TIME.toEpochMilli())
                            .setLevel(level)
                            .setMessage(new SimpleMessage(message))
                            .setThrown(thrown)
                            .build());
            return new String(line, StandardCharsets.UTF_8);
        }
    }

    private static String onStderr(Level level, String message, @Nullable Throwable thrown) throws Exception {
        return line(new LogTarget.Stderr(), level, message, thrown);
    }

    @Test
    void lineStartsWithTimeAndOffset() throws Exception {
        String time =
                DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx").format(TIME.atZone(ZoneId.systemDefault()));

        assertThat(time).hasSize("2026-03-04T05:06:07.008+00:00".length());
        assertThat(onStderr(Level.INFO, "hello", null)).isEqualTo(time + " INFO  hello\n");
    }

    @Test
    void messageWithLineEndsIsOneLine() throws Exception {
        assertThat(onStderr(Level.ERROR, "a\nb\rc\r\nä\\n {} ${sys:user.name} %m", null))
                .endsWith(" ERROR a\\nb\\rc\\r\\nä\\n {} ${sys:user.name} %m\n")
                .hasLineCount(1);
    }

    @Test
    void exceptionIsOneLine() throws Exception {
        Exception thrown = new IllegalStateException("x\ny\r", new java.io.IOException("z"));

        assertThat(onStderr(Level.WARN, "failed", thrown))
                .contains(" WARN  failed: java.lang.IllegalStateException: x\\ny\\r | \tat ")
                .contains(" | Caused by: java.io.IOException: z | ")
                .hasLineCount(1)
                .doesNotContain("\r")
                .endsWith("\n");
    }

    @ParameterizedTest
    @CsvSource({"FATAL, 2", "ERROR, 3", "WARN, 4", "INFO, 6", "DEBUG, 7", "TRACE, 7"})
    void journalLineStartsWithItsPriority(String level, int priority) throws Exception {
        assertThat(line(new LogTarget.Journal(), Level.valueOf(level), "hello\n<0>", null))
                .isEqualTo(String.format("<%d>%-5s hello\\n<0>\n", priority, level));
    }
}
