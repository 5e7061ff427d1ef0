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
 * Writes the service's metrics to a file, for the textfile collector of Prometheus's node_exporter. The file is
 * replaced atomically, and removed when the service stops. Its directory may belong to a user who is not trusted:
 * links are not followed, and only a metrics file of this program is replaced or removed.
 */
public final class MetricsFile implements StatisticsListener {
    /** Readable by the collector, which runs as another user. */
    private static final int COLLECTORS = 0644;

    private final Path file;
    private final Path directory;
    private final Duration interval;
    private final MetricsFormat format;
    private final SecureRandom random = new SecureRandom();

    /** The file that this object wrote last. */
    private @Nullable FileStatus written;

    private boolean closed;

    public MetricsFile(Path file, Duration interval, String version) {
        this.file = file;
        this.directory = Objects.requireNonNull(file.getParent(), "an absolute path");
        this.interval = interval;
        this.format = new MetricsFormat(version);
    }

    /**
     * Checks whether the path may be written: it must be free, or have the metrics of a service that has ended.
     *
     * @throws IOException if not; the message says why
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
                    throw new IOException(
                            "it holds something other than metrics of this program, so it is left unchanged");
                }
            }
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    private static IOException cannotWrite(Path file, IOException cause) {
        return new IOException(
                "cannot write the metrics file " + file + ": " + ErrorMessages.text(cause)
                        + "; correct that, or choose another with --metrics-file",
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
        // A name that the collector ignores.
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
