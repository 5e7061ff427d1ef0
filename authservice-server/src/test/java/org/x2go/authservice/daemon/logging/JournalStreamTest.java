package org.x2go.authservice.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalStreamTest {
    @TempDir
    Path directory;

    private static String stream(Path file) throws IOException {
        Map<String, Object> found = Files.readAttributes(file, "unix:dev,ino");
        return found.get("dev") + ":" + found.get("ino");
    }

    @Test
    void variableNamesTheJournalsStream() throws IOException {
        Path journal = Files.createFile(directory.resolve("journal"));
        Path other = Files.createFile(directory.resolve("other"));
        Map<String, String> environment = Map.of("JOURNAL_STREAM", stream(journal));

        assertThat(JournalStream.isConnectedTo(environment, journal)).isTrue();
        assertThat(JournalStream.isConnectedTo(environment, other)).isFalse();
        assertThat(JournalStream.isConnectedTo(environment, directory.resolve("closed")))
                .isFalse();
        assertThat(JournalStream.isConnectedTo(Map.of(), journal)).isFalse();
        assertThat(JournalStream.isConnectedTo(Map.of("JOURNAL_STREAM", "9:"), journal))
                .isFalse();
    }
}
