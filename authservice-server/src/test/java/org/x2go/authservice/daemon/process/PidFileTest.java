package org.x2go.authservice.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.SpecialFiles;

class PidFileTest {
    @TempDir
    Path directory;

    private Path path;

    @BeforeEach
    void name() {
        path = directory.resolve("run/service.pid");
    }

    @Test
    void fileHoldsThePidUntilClosed() throws IOException {
        try (PidFile file = PidFile.write(path, 4711)) {
            assertThat(file).isNotNull();
            assertThat(path).hasContent("4711\n");
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void staleFileIsReplaced() throws IOException {
        Files.createDirectory(path.getParent());
        Files.writeString(path, "12\n");
        Object before = Files.readAttributes(path, "unix:ino").get("ino");
        Path other = Files.createLink(directory.resolve("other"), path);

        PidFile.write(path, 4711);

        assertThat(path).hasContent("4711\n");
        assertThat(other).hasContent("12\n");
        assertThat(Files.readAttributes(path, "unix:ino").get("ino")).isNotEqualTo(before);
    }

    @Test
    void fileOfARunningProcessIsRefused() throws IOException {
        long running = ProcessHandle.current().pid();
        try (PidFile first = PidFile.write(path, running)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> PidFile.write(path, 4712))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot write the PID file " + path + ": it belongs to a running authservice, process "
                            + running + ": stop it; choose another with --pidfile");
            assertThat(path).hasContent(running + "\n");
        }
        try (PidFile next = PidFile.write(path, 4712)) {
            assertThat(next).isNotNull();
            assertThat(path).hasContent("4712\n");
        }
    }

    @Test
    void fileOfAnExitedProcessIsReplacedEvenIfHeldOpen() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        try (PidFile old = PidFile.write(path, ended.pid());
                PidFile next = PidFile.write(path, 4712)) {
            assertThat(old).isNotNull();
            assertThat(next).isNotNull();
            assertThat(path).hasContent("4712\n");
        }
    }

    @Test
    void foreignFileIsRefusedAndStays() throws Exception {
        Files.createDirectory(path.getParent());
        Path target = Files.writeString(directory.resolve("target"), "4711\n");
        Files.createSymbolicLink(path, target);
        assertThatThrownBy(() -> PidFile.write(path, 4712))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write the PID file " + path
                        + ": it is a symbolic link and not a regular file; it is left unchanged; choose another with"
                        + " --pidfile");
        assertThat(path).isSymbolicLink();
        assertThat(target).hasContent("4711\n");

        Path pipe = SpecialFiles.pipe(directory.resolve("pipe"));
        assertThatThrownBy(() -> PidFile.write(pipe, 4712)).hasMessageContaining("a named pipe and not a regular file");
        Path empty = Files.createFile(directory.resolve("empty"));
        assertThatThrownBy(() -> PidFile.write(empty, 4712)).hasMessageContaining("not a PID file");
        assertThat(pipe).exists();
        assertThat(empty).exists();
    }

    @Test
    void deviceIsRefusedAndStays() throws Exception {
        Path device = SpecialFiles.device(directory.resolve("null"));
        assertThatThrownBy(() -> PidFile.write(device, 4712)).hasMessageContaining("a device and not a regular file");
        assertThat(device).exists();
    }

    @Test
    void fileWithOtherContentIsNotOverwritten() throws IOException {
        Files.createDirectory(path.getParent());
        Files.writeString(path, "root:x:0:0\n");

        assertThatThrownBy(() -> PidFile.write(path, 1))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write the PID file " + path
                        + ": it is not a PID file, so it is left unchanged; choose another with --pidfile");
        assertThat(path).hasContent("root:x:0:0\n");
        assertThatThrownBy(() -> PidFile.write(directory, 1))
                .hasMessageContaining("a directory and not a regular file");
        assertThatThrownBy(() -> PidFile.write(Path.of("/"), 1))
                .hasMessage("cannot write the PID file /: it is a directory; choose another with --pidfile");
    }

    @Test
    void fileOfAnotherProcessIsNotRemoved() throws IOException {
        try (PidFile file = PidFile.write(path, 4711)) {
            assertThat(file).isNotNull();
            Files.writeString(path, "4712\n");
        }
        assertThat(path).hasContent("4712\n");
    }
}
