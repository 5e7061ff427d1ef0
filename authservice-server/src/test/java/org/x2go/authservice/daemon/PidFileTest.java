package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    @TempDir
    Path directory;

    private Path path;

    @BeforeEach
    void name() {
        path = directory.resolve("run/service.pid");
    }

    @Test
    void holdsTheNumberUntilItIsClosed() throws IOException {
        try (PidFile file = PidFile.write(path, 4711)) {
            assertThat(file).isNotNull();
            assertThat(path).hasContent("4711\n");
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void replacesAnOldOne() throws IOException {
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
    void isNotTakenFromAProcessThatRuns() throws IOException {
        long running = ProcessHandle.current().pid();
        try (PidFile first = PidFile.write(path, running)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> PidFile.write(path, 4712))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot write the PID file " + path + ": it is that of an authservice that runs,"
                            + " process " + running + ": stop that one; choose another with --pidfile");
            assertThat(path).hasContent(running + "\n");
        }
        try (PidFile next = PidFile.write(path, 4712)) {
            assertThat(next).isNotNull();
            assertThat(path).hasContent("4712\n");
        }
    }

    @Test
    void isTakenFromAProcessThatHasEndedWhoeverHoldsTheFile() throws Exception {
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
    void replacesALinkAndNotWhatItPointsTo() throws IOException {
        Files.createDirectory(path.getParent());
        Path target = Files.writeString(directory.resolve("target"), "important");
        Files.createSymbolicLink(path, target);

        PidFile.write(path, 4711);

        assertThat(Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(target).hasContent("important");
    }

    @Test
    void leavesAloneWhatIsNoPidFile() throws IOException {
        Files.createDirectory(path.getParent());
        Files.writeString(path, "root:x:0:0\n");

        assertThatThrownBy(() -> PidFile.write(path, 1))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write the PID file " + path
                        + ": what lies there is not an old PID file; choose another with --pidfile");
        assertThat(path).hasContent("root:x:0:0\n");
        assertThatThrownBy(() -> PidFile.write(directory, 1)).hasMessageContaining("not an old PID file");
    }

    @Test
    void leavesAloneTheFileOfAnotherProcess() throws IOException {
        try (PidFile file = PidFile.write(path, 4711)) {
            assertThat(file).isNotNull();
            Files.writeString(path, "4712\n");
        }
        assertThat(path).hasContent("4712\n");
    }
}
