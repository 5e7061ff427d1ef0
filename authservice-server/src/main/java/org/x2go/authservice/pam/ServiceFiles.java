package org.x2go.authservice.pam;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.x2go.authservice.auth.Diagnostics;

/**
 * A cache of services' rules, which are read at first use and after each change of a file. For a facility without a
 * rule libpam uses the rules of the service {@code other}; since that is not what allowing a service means, a service
 * without an auth rule is refused. Thread-safe.
 */
final class ServiceFiles {
    static final long WARN_NANOS = 60_000_000_000L;

    private static final int READINGS = 4;

    /**
     * How long a check for changes counts for further requests: under load each request then checks once, after libpam
     * has read the files.
     */
    private static final long LOOK_NANOS = 5_000_000;

    private final LibPamBuild build;
    private final PamConfiguration configuration;
    private final LongSupplier nanoTime;
    private final Diagnostics diagnostics;
    private final Map<String, ServiceStack> known = new ConcurrentHashMap<>();
    private final Map<String, Long> warnedAt = new ConcurrentHashMap<>();

    /** @param nanoTime a clock, as System.nanoTime */
    ServiceFiles(LibPamBuild build, PamConfiguration configuration, LongSupplier nanoTime, Diagnostics diagnostics) {
        this.build = build;
        this.configuration = configuration;
        this.nanoTime = nanoTime;
        this.diagnostics = diagnostics;
    }

    /**
     * The present rules of a service. If libpam must not be called for it, this logs a warning, at most once a minute
     * for each service.
     *
     * @param service an allowed service, so that there are few and their names are plain
     */
    ServiceStack of(String service) {
        ServiceStack stack = known.get(service);
        if (stack == null || !stack.isCurrent()) {
            stack = read(service);
        }
        stack.refusal().ifPresent(refusal -> warn(service, refusal));
        return stack;
    }

    /** The rules of a service at most 5 ms ago, for callers that check afterwards whether they are current. */
    ServiceStack recent(String service) {
        ServiceStack stack = known.get(service);
        if (stack == null || stack.refusal().isPresent() || stack.files().sinceCurrentNanos() > LOOK_NANOS) {
            return of(service);
        }
        return stack;
    }

    /**
     * Reads the files until a later change would show, which takes some hundredths of a second after an edit. If they
     * change constantly, there is no verdict.
     */
    private ServiceStack read(String service) {
        ServiceStack stack = ServiceStack.read(service, build, configuration);
        for (int i = 1; i < READINGS && !stack.isSettled(); i++) {
            LockSupport.parkNanos(FileState.TICKS.toNanos());
            stack = ServiceStack.read(service, build, configuration);
        }
        if (stack.isSettled()) {
            known.put(service, stack);
        } else {
            known.remove(service);
        }
        return stack;
    }

    private void warn(String service, Refusal refusal) {
        long now = nanoTime.getAsLong();
        boolean[] due = new boolean[1];
        warnedAt.compute(service, (key, last) -> {
            due[0] = last == null || now - last >= WARN_NANOS;
            return due[0] ? Long.valueOf(now) : last;
        });
        if (due[0]) {
            diagnostics.warn(
                    "PAM service " + service + " is answered \"error\": " + refusal.reason() + "; " + refusal.advice());
        }
    }
}
