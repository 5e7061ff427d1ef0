package org.x2go.authservice.client;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a test needs of the machine. Without it the test is skipped, but not where the environment says {@code CI=true}: a
 * test that nobody runs would go unnoticed there.
 */
public final class Prerequisite {
    private Prerequisite() {}

    public static void root() {
        require("root".equals(System.getProperty("user.name")), "root");
    }

    public static void file(Path file) {
        require(Files.exists(file), file.toString());
    }

    /** The test goes on only if this is so. */
    public static void require(boolean met, String what) {
        if (met) {
            return;
        }
        if ("true".equals(System.getenv("CI"))) {
            fail("This test needs " + what);
        } else {
            abort("This test needs " + what);
        }
    }
}
