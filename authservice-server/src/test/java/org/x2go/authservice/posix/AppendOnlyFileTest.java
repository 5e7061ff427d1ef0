package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.SpecialFiles;

class AppendOnlyFileTest {
    private static final int PERMISSIONS = 0640;

    @TempDir
    Path directory;

    @Test
    void writeAppendsToTheFile() throws IOException {
        Path path = Files.writeString(directory.resolve("file"), "one\n");
        try (AppendOnlyFile file = AppendOnlyFile.open(path, PERMISSIONS)) {
            Files.writeString(path, "emptied\n");
            file.appendLine(bytes("two\n"));
        }

        assertThat(path).hasContent("emptied\ntwo\n");
    }

    @Test
    void lineAfterAPartialOneStartsANewLine() throws IOException {
        Path path = Files.writeString(directory.resolve("file"), "one\ntor");
        try (AppendOnlyFile file = AppendOnlyFile.open(path, PERMISSIONS)) {
            file.appendLine(bytes("two\n"));
            file.appendLine(bytes("three\n"));
        }

        assertThat(path).hasContent("one\ntor\ntwo\nthree\n");
    }

    @Test
    void closedFileIsNotWrittenTo() throws IOException {
        AppendOnlyFile file = AppendOnlyFile.open(directory.resolve("file"), PERMISSIONS);
        file.close();

        assertThatThrownBy(() -> file.appendLine(bytes("one\n"))).isInstanceOf(IOException.class);
        assertThat(directory.resolve("file")).isEmptyFile();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void movedOrReplacedFileIsDetected() throws IOException {
        Path path = directory.resolve("file");
        try (AppendOnlyFile file = AppendOnlyFile.open(path, PERMISSIONS)) {
            assertThat(file.isAtItsPath()).isTrue();
            Path moved = Files.move(path, directory.resolve("moved"));
            assertThat(file.isAtItsPath()).isFalse();
            Files.createSymbolicLink(path, moved);
            assertThat(file.isAtItsPath()).isFalse();
            Files.delete(path);
            Files.createFile(path);
            assertThat(file.isAtItsPath()).isFalse();
            Files.move(moved, path, StandardCopyOption.REPLACE_EXISTING);
            assertThat(file.isAtItsPath()).isTrue();
        }
    }

    @Test
    void linkIsRefused() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("target"));

        assertThatThrownBy(() -> AppendOnlyFile.open(link, PERMISSIONS)).hasMessageContaining("symbolic link");
        assertThat(directory.resolve("target")).doesNotExist();
    }

    @Test
    void fileWithASecondNameIsRefused() throws IOException {
        Path path = Files.createFile(directory.resolve("file"));
        Files.createLink(directory.resolve("second"), path);

        assertThatThrownBy(() -> AppendOnlyFile.open(path, PERMISSIONS)).hasMessageContaining("hard link");
    }

    @Test
    void deviceIsRefusedWithoutAdviceToRemoveIt() throws Exception {
        for (Path other : List.of(
                Path.of("/dev/null"),
                Path.of("/dev/stdout"),
                directory,
                SpecialFiles.pipe(directory.resolve("pipe")))) {
            assertThatThrownBy(() -> AppendOnlyFile.open(other, PERMISSIONS))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("cannot write to " + other
                            + ": it is a .* and not a regular file; choose another" + " file");
        }
    }

    @Test
    void foreignFileInAWorldWritableDirectoryIsRefused() throws IOException {
        Requirements.root();
        Files.setAttribute(directory, "unix:mode", 01777);
        Path path = Files.createFile(directory.resolve("file"));
        Files.setAttribute(path, "unix:uid", 4_000_000);
        assertThatThrownBy(() -> AppendOnlyFile.open(path, PERMISSIONS))
                .hasMessageContaining("belongs to user 4000000");

        Files.setAttribute(directory, "unix:uid", 4_000_000);
        AppendOnlyFile.open(path, PERMISSIONS).close();
    }
}
