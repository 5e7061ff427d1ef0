package org.x2go.authservice.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;

/** Files that are not regular ones. */
public final class SpecialFiles {
    private SpecialFiles() {}

    /** Makes a named pipe. */
    public static Path pipe(Path path) throws Exception {
        run(Requirements.program("mkfifo").toString(), path.toString());
        return path;
    }

    /** Makes a device that is as /dev/null; for root only. */
    public static Path device(Path path) throws Exception {
        Requirements.root();
        run(Requirements.program("mknod").toString(), path.toString(), "c", "1", "3");
        return path;
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(List.of(command).toString())
                .isZero();
    }
}
