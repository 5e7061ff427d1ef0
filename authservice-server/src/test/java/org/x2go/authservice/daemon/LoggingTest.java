package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In contexts of their own, so that the log of the tests themselves stays as it is. */
class LoggingTest {
    private static final long WAIT_SECONDS = 30;

    @TempDir
    Path directory;

    private static LoggerContext start(Configuration configuration) {
        LoggerContext context = new LoggerContext("test");
        context.start(configuration);
        return context;
    }

    @Test
    void writesEverythingThatWasLoggedBeforeItIsStopped() throws IOException {
        Path path = directory.resolve("log");
        LoggerContext context = start(new BuiltInLogConfiguration(
                null, ReopeningFileAppender.create("file", path.toString(), null, LineLayout.create()), Level.INFO));
        Logger log = context.getLogger("org.x2go.authservice.x");
        for (int i = 0; i < 5000; i++) {
            log.info("line {}", i);
        }
        log.info("Stopped");
        context.stop(WAIT_SECONDS, TimeUnit.SECONDS);

        List<String> lines = Files.readAllLines(path);
        assertThat(lines).hasSize(5001);
        assertThat(lines.get(5000)).endsWith(" INFO  Stopped");
    }

    @Test
    void leavesOutWhatIsBelowTheLevel() throws IOException {
        Path path = directory.resolve("log");
        LoggerContext context = start(new BuiltInLogConfiguration(
                null, ReopeningFileAppender.create("file", path.toString(), null, LineLayout.create()), Level.DEBUG));
        context.getLogger("org.x2go.authservice.x").debug("own debug");
        context.getLogger("org.x2go.authservice.x").trace("own trace");
        context.getLogger("io.netty.x").info("other info");
        context.getLogger("io.netty.x").warn("other warn");
        context.stop(WAIT_SECONDS, TimeUnit.SECONDS);

        assertThat(Files.readAllLines(path))
                .hasSize(2)
                .anyMatch(line -> line.endsWith("DEBUG own debug"))
                .anyMatch(line -> line.endsWith("WARN  other warn"));
    }

    @Test
    void neverBlocksWhoLogsAndSaysWhatWasLost() {
        Stalled stalled = new Stalled();
        LoggerContext context = start(new BuiltInLogConfiguration(null, stalled, Level.INFO));
        Logger log = context.getLogger("org.x2go.authservice.x");
        int events = 20_000;
        for (int i = 0; i < events; i++) {
            log.info("line");
        }
        stalled.goOn.countDown();
        context.stop(WAIT_SECONDS, TimeUnit.SECONDS);

        long lost = 0;
        for (String line : stalled.lines) {
            if (line.contains(" log lines were lost")) {
                lost += Long.parseLong(line.substring(0, line.indexOf(' ')));
            }
        }
        assertThat(lost).isPositive();
        assertThat(stalled.lines.stream().filter("line"::equals).count()).isEqualTo(events - lost);
    }

    @Test
    void readsTheExampleConfiguration() throws Exception {
        String example = Files.readString(Path.of("../dist/conf/log4j2.xml"));
        assertThat(example).contains("<Property name=\"directory\">/var/log/authservice</Property>");
        // Any name: the kind is told by what is in it.
        Path file = Files.writeString(
                directory.resolve("logger.conf"), example.replace(">/var/log/authservice<", ">" + directory + "<"));
        LoggerContext context = start(LogConfigurationFile.read(null, file));
        context.getLogger("org.x2go.authservice.x").info("two\nlines");
        context.stop(WAIT_SECONDS, TimeUnit.SECONDS);

        assertThat(Files.readAllLines(directory.resolve("authservice.log")))
                .singleElement()
                .asString()
                .endsWith(" INFO  two\\nlines");
    }

    @Test
    void readsProperties() throws Exception {
        Path file = Files.writeString(
                directory.resolve("logger.conf"),
                String.join(
                        "\n",
                        "# comment",
                        "appender.file.type = ReopeningFile",
                        "appender.file.name = file",
                        "appender.file.fileName = " + directory.resolve("log"),
                        "rootLogger.level = INFO",
                        "rootLogger.appenderRef.file.ref = file"));
        LoggerContext context = start(LogConfigurationFile.read(null, file));
        context.getLogger("x").info("hello");
        context.stop(WAIT_SECONDS, TimeUnit.SECONDS);

        assertThat(directory.resolve("log")).content().endsWith(" INFO  hello\n");
    }

    @Test
    void saysThatItCannotReadJson() throws IOException {
        Path file = Files.writeString(directory.resolve("log4j2.json"), "{}");

        assertThatThrownBy(() -> LogConfigurationFile.read(null, file)).hasMessageContaining("write it in XML");
    }

    /** Takes nothing until it is let to. */
    private static final class Stalled extends AbstractAppender {
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Stalled() {
            super("stalled", null, null, false, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            lines.add(event.getMessage().getFormattedMessage());
        }
    }
}
