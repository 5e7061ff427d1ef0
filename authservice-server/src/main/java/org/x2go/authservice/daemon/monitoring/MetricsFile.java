package org.x2go.authservice.daemon.monitoring;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.ErrorMessages;
import org.x2go.authservice.posix.FileStatus;
import org.x2go.authservice.posix.RegularFile;

/**
 * Keeps a file with the service's metrics up to date, for the textfile collector of Prometheus's node_exporter. The file is
 * replaced as a whole, so that nobody reads half of it, and removed when the service stops: what it says would not be true
 * any more. Its directory may belong to a user who is not trusted: no link in it is followed, and nothing else than metrics of
 * this program is replaced or removed.
 */
public final class MetricsFile implements StatisticsListener {
    /** The collector runs as somebody else. */
    private static final int COLLECTORS = 0644;

    private final Path file;
    private final Path directory;
    private final Duration interval;
    private final MetricsFormat format;
    private final SecureRandom random = new SecureRandom();

    /** What this has put at the path last. */
    private @Nullable FileStatus written;

    private boolean closed;

    public MetricsFile(Path file, Duration interval, String version) {
        this.file = file;
        this.directory = Objects.requireNonNull(file.getParent(), "an absolute path");
        this.interval = interval;
        this.format = new MetricsFormat(version);
    }

    /**
     * Finds out whether what lies at a path may be replaced: nothing, or metrics of a service that has ended.
     *
     * @throws IOException if something else lies there; the message says what
     */
    public static void check(Path file) throws IOException {
        try {
            Optional<RegularFile> found = RegularFile.open(file);
            if (found.isEmpty()) {
                return;
            }
            try (RegularFile old = found.get()) {
                String beginning = old.beginning(MetricsFormat.BEGINNING.length());
                if (!beginning.equals(MetricsFormat.BEGINNING)) {
                    throw new IOException("what lies there are not this program's metrics; it is left alone");
                }
            }
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    private static IOException cannotWrite(Path file, IOException cause) {
        return new IOException(
                "cannot write the metrics file " + file + ": " + ErrorMessages.text(cause)
                        + "; mend that, or choose another with --metrics-file",
                cause);
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
        check(file);
        // Not a name that the collector would take for one of its files.
        Path next = directory.resolve("." + file.getFileName() + "." + Long.toHexString(random.nextLong()) + ".new");
        try {
            write(next, statistics);
            written = FileStatus.ofEntry(next).orElseThrow(() -> new NoSuchFileException(next.toString()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(next);
            throw cannotWrite(file, e);
        }
    }

    private void write(Path path, ServiceStatistics statistics) throws IOException {
        try (OutputStream out = RegularFile.create(path, COLLECTORS)) {
            format.write(statistics, out);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        Optional<FileStatus> there = FileStatus.ofEntry(file);
        if (written != null && there.isPresent() && there.get().isSameFile(written)) {
            Files.deleteIfExists(file);
        }
    }
}
