package org.x2go.authservice.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AsyncAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;

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
    void stopWritesAllThatWasLogged() throws IOException {
        Path path = directory.resolve("log");
        LoggerContext context = start(Logging.configuration(new LogTarget.File(path)));
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
    void lineBelowTheLevelIsNotWritten() throws IOException {
        Path path = directory.resolve("log");
        LoggerContext context = start(Logging.configuration(new LogTarget.File(path)));
        context.getLogger("org.x2go.authservice.x").info("own info");
        context.getLogger("org.x2go.authservice.x").debug("own debug");
        context.getLogger("io.netty.x").info("other info");
        context.getLogger("io.netty.x").warn("other warn");
        context.stop(WAIT_SECONDS, TimeUnit.SECONDS);

        assertThat(Files.readAllLines(path))
                .hasSize(2)
                .anyMatch(line -> line.endsWith("INFO  own info"))
                .anyMatch(line -> line.endsWith("WARN  other warn"));
    }

    @Test
    void fullQueueDropsAndCountsLinesWithoutBlocking() throws IOException {
        Path path = directory.resolve("log");
        LoggerContext context = start(Logging.configuration(new LogTarget.File(path)));
        Logger log = context.getLogger("org.x2go.authservice.x");
        int events = 20_000;
        // As a disk that hangs would: whoever writes to the file waits for this.
        synchronized (context.getConfiguration().<ReopeningFileAppender>getAppender("target")) {
            for (int i = 0; i < events; i++) {
                log.info("line");
            }
        }
        context.stop(WAIT_SECONDS, TimeUnit.SECONDS);

        List<String> lines = Files.readAllLines(path);
        long lost = lost(lines);
        assertThat(lost).isPositive();
        assertThat(lines.stream().filter(line -> line.endsWith(" INFO  line")).count())
                .isEqualTo(events - lost);
    }

    private static long lost(List<String> lines) {
        Matcher lost = Pattern.compile(" WARN  (\\d+) log lines were lost").matcher(String.join("\n", lines));
        return lost.results()
                .mapToLong(result -> Long.parseLong(result.group(1)))
                .sum();
    }

    @Test
    void fullDiskCutsOneLineAndCountsTheLostOnes() throws Exception {
        Requirements.root();
        Path disk = Files.createDirectory(directory.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString());
        try {
            Path filler = Files.write(disk.resolve("filler"), new byte[24 * 1024]);
            Path path = disk.resolve("log");
            LoggerContext context = start(Logging.configuration(new LogTarget.File(path)));
            Logger log = context.getLogger("org.x2go.authservice.x");
            String text = "begin " + "x".repeat(200) + " end";
            int events = 300;
            for (int i = 0; i < events; i++) {
                log.info(text);
            }
            AsyncAppender queue = context.getConfiguration().getAppender("queue");
            Program.await("the queue is empty", () -> queue.getQueueSize() == 0);
            Files.delete(filler);
            log.info("begin again end");
            context.stop(WAIT_SECONDS, TimeUnit.SECONDS);

            List<String> lines = Files.readAllLines(path);
            List<String> whole =
                    lines.stream().filter(line -> line.endsWith(" end")).toList();
            assertThat(whole).allMatch(line -> line.indexOf("begin") == line.lastIndexOf("begin"));
            assertThat(whole.get(whole.size() - 1)).endsWith(" INFO  begin again end");
            assertThat(whole.size() + lost(lines)).isEqualTo(events + 1);
            assertThat(lines.size() - whole.size())
                    .as("one torn, one about those lost")
                    .isEqualTo(2);
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void exampleConfigurationIsValid() throws Exception {
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
    void propertiesFormatIsRead() throws Exception {
        Path file = Files.writeString(
                directory.resolve("logger.conf"),
                String.join(
                        "\n",
                        "# comment",
                        "appender.file.type = ReopeningFile",
                        "appender.file.name = file",
                        "appender.file.fileName = " + directory.resolve("log"),
                        "appender.file.layout.type = PatternLayout",
                        "appender.file.layout.pattern = %p %m%n",
                        "rootLogger.level = INFO",
                        "rootLogger.appenderRef.file.ref = file"));
        LoggerContext context = start(LogConfigurationFile.read(null, file));
        context.getLogger("x").info("hello");
        context.stop(WAIT_SECONDS, TimeUnit.SECONDS);

        assertThat(directory.resolve("log")).hasContent("INFO hello\n");
    }

    @Test
    void jsonFormatIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("log4j2.json"), "{}");

        assertThatThrownBy(() -> LogConfigurationFile.read(null, file)).hasMessageContaining("write it in XML");
    }
}
