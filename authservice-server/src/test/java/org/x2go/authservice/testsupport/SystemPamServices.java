package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** PAM services of this machine, in /etc/pam.d, to be removed after use: for programs that look nowhere else. Requires root. */
public final class SystemPamServices implements AutoCloseable {
    private static final Path DIRECTORY = Path.of("/etc/pam.d");
    private static final String PREFIX = "authsvc-it-";

    private final long pid = ProcessHandle.current().pid();
    private final List<Path> files = new ArrayList<>();

    private SystemPamServices() {}

    /** Begins with none, and removes those of processes that were killed. */
    public static SystemPamServices open() throws IOException {
        Requirements.root();
        Requirements.require(Files.isDirectory(DIRECTORY), DIRECTORY.toString());
        try (DirectoryStream<Path> left = Files.newDirectoryStream(DIRECTORY, PREFIX + "*")) {
            for (Path file : left) {
                String owner =
                        file.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
                if (ProcessHandle.of(Long.parseLong(owner)).isEmpty()) {
                    Files.delete(file);
                }
            }
        }
        return new SystemPamServices();
    }

    /** The name that a service has, or would have: no other process uses it. */
    public String name(String shortName) {
        return PREFIX + pid + "-" + shortName;
    }

    /** Writes a service's file and returns the service's name. */
    public String add(String shortName, String... lines) throws IOException {
        Path file = DIRECTORY.resolve(name(shortName));
        files.add(file);
        Files.write(file, List.of(lines));
        return name(shortName);
    }

    @Override
    public void close() throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
