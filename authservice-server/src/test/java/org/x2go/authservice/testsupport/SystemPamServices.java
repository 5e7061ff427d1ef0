package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Temporary PAM service files in /etc/pam.d, for programs that look nowhere else; close() removes them. Requires root. */
public final class SystemPamServices implements AutoCloseable {
    private static final Path DIRECTORY = Path.of("/etc/pam.d");
    private static final String PREFIX = "authsvc-it-";

    private final long pid = ProcessHandle.current().pid();
    private final List<Path> files = new ArrayList<>();

    private SystemPamServices() {}

    /** Creates it without services, and removes files that killed test runs left behind. */
    public static SystemPamServices open() throws IOException {
        Requirements.root();
        Requirements.require(Files.isDirectory(DIRECTORY), DIRECTORY.toString());
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(DIRECTORY, PREFIX + "*")) {
            for (Path file : leftovers) {
                String pid =
                        file.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
                if (ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    Files.deleteIfExists(file);
                }
            }
        }
        return new SystemPamServices();
    }

    /** The full name of a service, made unique by this process's PID, whether the service was added or not. */
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
