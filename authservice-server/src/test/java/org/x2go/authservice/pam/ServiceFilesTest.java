package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.Said;

class ServiceFilesTest {
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);

    private final Said said = new Said();

    @TempDir
    Path directory;

    @Test
    void aServiceNeedsARegularFileOfItsName() throws IOException {
        ServiceFiles files = new ServiceFiles(directory, clock::get, said);
        Files.createFile(directory.resolve("login"));
        Files.createDirectory(directory.resolve("directory"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("login"));
        Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nowhere"));

        assertThat(files.has("login")).isTrue();
        assertThat(files.has("link")).isTrue();
        assertThat(files.has("directory")).isFalse();
        assertThat(files.has("dangling")).isFalse();
        assertThat(files.has("missing")).isFalse();
    }

    @Test
    void theWarningNamesTheFile() {
        new ServiceFiles(directory, clock::get, said).has("missing");
        assertThat(said.lines()).singleElement().asString().contains("WARN", directory + "/missing");
    }

    @Test
    void eachServiceIsWarnedAboutOnceAMinute() {
        ServiceFiles files = new ServiceFiles(directory, clock::get, said);
        for (int i = 0; i < 100; i++) {
            files.has("one");
            files.has("two");
        }
        assertThat(said.lines()).hasSize(2);

        clock.addAndGet(ServiceFiles.WARN_NANOS - 1);
        files.has("one");
        assertThat(said.lines()).hasSize(2);

        clock.incrementAndGet();
        files.has("one");
        files.has("one");
        assertThat(said.lines()).hasSize(3);
    }

    @Test
    void withoutADirectoryTheSystemsAreLookedInto() {
        assertThat(new ServiceFiles(null, clock::get, said).has("no-such-service"))
                .isFalse();
        assertThat(said.lines())
                .singleElement()
                .asString()
                .contains("/etc/pam.d/no-such-service", "/usr/lib/pam.d/no-such-service");
    }
}
