package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStatusTest {
    @TempDir
    Path directory;

    @Test
    void attributesAreThoseOfTheJdk() throws Exception {
        Path file = Files.writeString(directory.resolve("fìle"), "content");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        for (Path path : new Path[] {file, link, directory, Path.of("/dev/null")}) {
            Map<String, Object> expected = Files.readAttributes(path, "unix:mode,nlink,uid,gid,ino,size,ctime");

            FileStatus status = FileStatus.of(cString(path)).orElseThrow();

            assertThat(status.mode()).isEqualTo(expected.get("mode"));
            assertThat(status.links()).isEqualTo(expected.get("nlink"));
            assertThat(status.uid()).isEqualTo(expected.get("uid"));
            assertThat(status.gid()).isEqualTo(expected.get("gid"));
            assertThat(status.inode()).isEqualTo(expected.get("ino"));
            assertThat(status.size()).isEqualTo(expected.get("size"));
            FileTime changed = (FileTime) Objects.requireNonNull(expected.get("ctime"));
            assertThat(status.changedNanos()).isEqualTo(changed.to(TimeUnit.NANOSECONDS));
        }
        assertThat(FileStatus.of(cString(file))).isEqualTo(FileStatus.of(cString(link)));
        assertThat(FileStatus.of(cString(file)).orElseThrow().device())
                .isNotEqualTo(FileStatus.of(cString(Path.of("/proc/self")))
                        .orElseThrow()
                        .device());
    }

    @Test
    void entryOfALinkIsTheLink() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);

        FileStatus entry = FileStatus.ofEntry(link).orElseThrow();

        assertThat(entry.kind()).isEqualTo("a symbolic link");
        assertThat(entry.isRegularFile()).isFalse();
        assertThat(entry.isSameFile(FileStatus.ofEntry(file).orElseThrow())).isFalse();
        assertThat(FileStatus.of(cString(link))
                        .orElseThrow()
                        .isSameFile(FileStatus.ofEntry(file).orElseThrow()))
                .isTrue();
        assertThat(FileStatus.ofEntry(directory.resolve("missing"))).isEmpty();
    }

    @Test
    void missingFileHasNoStatus() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(FileStatus.of(cString(directory.resolve("missing")))).isEmpty();
        assertThat(FileStatus.of(cString(file.resolve("below")))).isEmpty();
    }

    private static byte[] cString(Path path) {
        return CString.of(path.toString());
    }
}
