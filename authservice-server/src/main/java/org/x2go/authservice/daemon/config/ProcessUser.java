package org.x2go.authservice.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The user that a process runs as.
 *
 * @param name the user's name
 * @param root whether the user is number 0, whatever its name
 */
record ProcessUser(String name, boolean root) {
    /** The user of this process. */
    static ProcessUser current() throws IOException {
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        return new ProcessUser(System.getProperty("user.name", ""), root);
    }
}
