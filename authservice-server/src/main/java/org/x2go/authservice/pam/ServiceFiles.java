package org.x2go.authservice.pam;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;

/**
 * Where a service's rules are (pam.d(5)). libpam goes by those of the service {@code other} if a service has no file, which
 * is not what whoever allowed the service had in mind: so it is looked at first whether there is one. Thread-safe.
 */
final class ServiceFiles {
    static final long WARN_NANOS = Duration.ofMinutes(1).toNanos();

    private static final List<Path> SYSTEM = List.of(Path.of("/etc/pam.d"), Path.of("/usr/lib/pam.d"));

    private final List<Path> directories;
    private final LongSupplier nanoTime;
    private final Diagnostics diagnostics;
    private final Map<String, Long> warnedAt = new ConcurrentHashMap<>();

    /**
     * @param confdir the only directory to look into, or null for the system's
     * @param nanoTime a clock, as System.nanoTime
     */
    ServiceFiles(@Nullable Path confdir, LongSupplier nanoTime, Diagnostics diagnostics) {
        this.directories = confdir == null ? SYSTEM : List.of(confdir);
        this.nanoTime = nanoTime;
        this.diagnostics = diagnostics;
    }

    /**
     * Whether the service has a file of its own. If not, a warning says where one was looked for, but not more than once a
     * minute for each service.
     *
     * @param service a service that is allowed: of those there are few, and their names are plain
     */
    boolean has(String service) {
        for (Path directory : directories) {
            if (Files.isRegularFile(directory.resolve(service))) {
                return true;
            }
        }
        long now = nanoTime.getAsLong();
        boolean[] due = new boolean[1];
        warnedAt.compute(service, (key, last) -> {
            due[0] = last == null || now - last >= WARN_NANOS;
            return due[0] ? Long.valueOf(now) : last;
        });
        if (due[0]) {
            diagnostics.warn("PAM service " + service + " has no file: looked for "
                    + directories.stream().map(d -> d.resolve(service)).toList());
        }
        return false;
    }
}
