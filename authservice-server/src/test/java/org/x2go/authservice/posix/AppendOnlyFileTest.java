package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.Needs;

class AppendOnlyFileTest {
    private static final int PERMISSIONS = 0640;

    @TempDir
    Path directory;

    @Test
    void appends() throws IOException {
        Path path = Files.writeString(directory.resolve("file"), "one\n");
        try (AppendOnlyFile file = AppendOnlyFile.open(path, PERMISSIONS);
                FileOutputStream stream = file.stream()) {
            Files.writeString(path, "emptied\n");
            stream.write("two\n".getBytes(StandardCharsets.US_ASCII));
        }

        assertThat(path).hasContent("emptied\ntwo\n");
    }

    @Test
    void knowsWhichFileItOpened() throws IOException {
        Path path = directory.resolve("file");
        try (AppendOnlyFile file = AppendOnlyFile.open(path, PERMISSIONS);
                AppendOnlyFile same = AppendOnlyFile.open(path, PERMISSIONS);
                AppendOnlyFile other = AppendOnlyFile.open(directory.resolve("other"), PERMISSIONS)) {
            assertThat(file.identity()).isEqualTo(same.identity()).isNotEqualTo(other.identity());
        }
    }

    @Test
    void refusesLinks() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("target"));

        assertThatThrownBy(() -> AppendOnlyFile.open(link, PERMISSIONS)).hasMessageContaining("symbolic link");
        assertThat(directory.resolve("target")).doesNotExist();
    }

    @Test
    void refusesAFileWithASecondName() throws IOException {
        Path path = Files.createFile(directory.resolve("file"));
        Files.createLink(directory.resolve("second"), path);

        assertThatThrownBy(() -> AppendOnlyFile.open(path, PERMISSIONS)).hasMessageContaining("hard link");
    }

    @Test
    void refusesWhatIsNoFile() {
        assertThatThrownBy(() -> AppendOnlyFile.open(Path.of("/dev/null"), PERMISSIONS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> AppendOnlyFile.open(directory, PERMISSIONS))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot open " + directory + ": Is a directory");
    }

    @Test
    void neverWaitsForTheReaderOfAPipe() throws IOException, InterruptedException {
        Path pipe = directory.resolve("pipe");
        Process mkfifo = new ProcessBuilder(Needs.program("mkfifo").toString(), pipe.toString())
                .inheritIO()
                .start();
        assertThat(mkfifo.waitFor()).isZero();

        assertThatThrownBy(() -> AppendOnlyFile.open(pipe, PERMISSIONS)).isInstanceOf(IOException.class);
    }
}
