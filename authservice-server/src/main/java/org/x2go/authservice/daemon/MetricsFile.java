package org.x2go.authservice.daemon;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * Keeps a file with the service's metrics up to date, for the textfile collector of Prometheus's node_exporter. The file is
 * replaced as a whole, so that nobody reads half of it, and removed when the service stops: what it says would not be true
 * any more. Its directory may belong to a user who is not trusted: no link in it is followed.
 */
final class MetricsFile implements Report {
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    private final Path file;
    private final Path directory;
    private final Duration interval;
    private final MetricsFormat format;
    private final SecureRandom random = new SecureRandom();

    private boolean closed;

    MetricsFile(Path file, Duration interval, MetricsFormat format) {
        this.file = file;
        this.directory = Objects.requireNonNull(file.getParent(), "an absolute path");
        this.interval = interval;
        this.format = format;
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public synchronized void report(ServiceStatistics statistics) throws IOException {
        if (closed) {
            return;
        }
        // Not a name that the collector would take for one of its files.
        Path next = directory.resolve("." + file.getFileName() + "." + Long.toHexString(random.nextLong()) + ".new");
        try {
            write(next, statistics);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(next);
            throw new IOException(
                    "cannot write the metrics file " + file + ": " + Failures.text(e)
                            + "; mend that, or choose another with --metrics-file",
                    e);
        }
    }

    private void write(Path path, ServiceStatistics statistics) throws IOException {
        try (var channel = Files.newByteChannel(
                        path, NEW, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
                OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
            format.write(statistics, out);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(file);
        }
    }
}
