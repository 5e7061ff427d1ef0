package org.x2go.authservice.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.opentest4j.AssertionFailedError;

/**
 * Requirements of a test on its machine. A test whose requirement is not met is skipped; but with {@code CI=true} in
 * the environment it fails, so that a build that is meant to run everything cannot pass by running nothing.
 */
public final class Requirements {
    private static final List<String> MODULE_DIRECTORIES = List.of(
            "/usr/lib/x86_64-linux-gnu/security",
            "/usr/lib/aarch64-linux-gnu/security",
            "/usr/lib/x86_64-linux-gnu/pam_wrapper",
            "/usr/lib/aarch64-linux-gnu/pam_wrapper",
            "/lib/x86_64-linux-gnu/security",
            "/lib/aarch64-linux-gnu/security",
            "/usr/lib64/security",
            "/usr/lib64/pam_wrapper",
            "/usr/lib/security",
            "/usr/lib/pam_wrapper",
            "/lib/security");

    private Requirements() {}

    /** Skips or fails the test unless the condition holds. */
    public static void require(boolean present, String what) {
        if (present) {
            return;
        }
        String message = "This test needs " + what;
        if ("true".equalsIgnoreCase(System.getenv("CI"))) {
            throw new AssertionFailedError(message + ", and CI=true means that nothing may be skipped");
        }
        Assumptions.abort(message);
    }

    /** Skips or fails the test unless it runs as root. */
    public static void root() {
        require(uid() == 0, "to run as root");
    }

    /** The user that this process runs as. */
    public static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a program is found on the PATH; without it the test does not go on. */
    public static Path program(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String directory : path.split(File.pathSeparator, -1)) {
            Path program = Path.of(directory, name);
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        require(false, "the program " + name);
        throw new AssertionError("not reached");
    }

    /** Where a PAM module, such as {@code pam_permit.so}, is found; without it the test does not go on. */
    public static Path pamModule(String fileName) {
        for (String directory : MODULE_DIRECTORIES) {
            Path module = Path.of(directory, fileName);
            if (Files.exists(module)) {
                return module;
            }
        }
        require(false, "the PAM module " + fileName);
        throw new AssertionError("not reached");
    }
}
