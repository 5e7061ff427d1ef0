package org.x2go.authservice.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReopeningFileAppenderTest {
    @TempDir
    Path directory;

    private Path path;
    private Path rotated;
    private ReopeningFileAppender appender;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("authservice.log");
        rotated = directory.resolve("authservice.log.1");
        appender = create(path);
        appender.start();
    }

    @AfterEach
    void close() {
        appender.stop();
    }

    private static ReopeningFileAppender create(Path path) throws IOException {
        PatternLayout layout = PatternLayout.newBuilder().setPattern("%m%n").build();
        return ReopeningFileAppender.create("file", path.toString(), null, layout);
    }

    private void log(String message) {
        appender.append(event(message));
    }

    private static LogEvent event(String message) {
        return Log4jLogEvent.newBuilder()
                .setLevel(Level.INFO)
                .setMessage(new SimpleMessage(message))
                .build();
    }

    @Test
    void newFileIsNotReadableByOthers() throws IOException {
        log("one");
        log("two");

        assertThat(path).hasContent("one\ntwo\n");
        assertThat(PosixFilePermissions.fromString("rw-r-----")).containsAll(Files.getPosixFilePermissions(path));
    }

    @Test
    void existingFileIsAppendedTo() throws IOException {
        log("one");
        appender.stop();

        appender = create(path);
        log("two");

        assertThat(path).hasContent("one\ntwo\n");
    }

    @Test
    void renamedFileIsCreatedAgain() throws IOException {
        log("one");
        Files.move(path, rotated);
        log("two");
        log("three");

        assertThat(rotated).hasContent("one\n");
        assertThat(path).hasContent("two\nthree\n");
    }

    @Test
    void replacedFileIsWrittenToNext() throws IOException {
        log("one");
        Files.writeString(directory.resolve("new"), "zero\n");
        Files.move(path, rotated);
        Files.move(directory.resolve("new"), path);
        log("two");

        assertThat(path).hasContent("zero\ntwo\n");
    }

    @Test
    void removedFileIsCreatedAgain() throws IOException {
        log("one");
        Files.delete(path);
        log("two");

        assertThat(path).hasContent("two\n");
    }

    @Test
    void truncatedFileIsWrittenFromItsBeginning() throws IOException {
        log("one");
        Files.copy(path, rotated);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(0);
        }
        log("two");

        assertThat(rotated).hasContent("one\n");
        assertThat(path).hasContent("two\n");
    }

    @Test
    void linkInPlaceOfTheFileIsNotFollowed() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "secret\n");
        log("one");
        Files.move(path, rotated);
        Files.createSymbolicLink(path, secret);
        log("two");
        assertThat(secret).hasContent("secret\n");
        assertThat(rotated).hasContent("one\ntwo\n");

        Files.delete(path);
        log("three");
        assertThat(path).hasContent("three\n");
    }

    @Test
    void fileWithASecondNameIsNotWrittenTo() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "secret\n");
        Files.createLink(directory.resolve("link"), secret);
        log("one");
        Files.move(directory.resolve("link"), path, StandardCopyOption.REPLACE_EXISTING);
        log("two");

        assertThat(secret).hasContent("secret\n");
    }

    @Test
    void logContinuesWhenItsDirectoryIsBack() throws IOException {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        appender.stop();
        appender = create(inner.resolve("log"));
        log("one");
        Files.move(inner, directory.resolve("moved"));
        log("two");
        assertThat(directory.resolve("moved/log")).hasContent("one\ntwo\n");

        Files.createDirectory(inner);
        log("three");
        assertThat(inner.resolve("log")).hasContent("three\n");
    }

    @Test
    void linkIsRefusedAtTheStart() throws IOException {
        Path secret = Files.createFile(directory.resolve("secret"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), secret);

        assertThatThrownBy(() -> create(link))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write to " + link
                        + ": it is a symbolic link and not a regular file; choose another file");
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
}
