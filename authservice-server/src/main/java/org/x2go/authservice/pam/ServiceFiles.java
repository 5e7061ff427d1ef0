package org.x2go.authservice.pam;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.x2go.authservice.auth.Diagnostics;

/**
 * The rules of services, read when they are first asked for and again when a file has changed. libpam goes by the rules of the
 * service {@code other} for each facility that a service's own files have no rule of: whoever allowed a service did not have
 * that in mind, so that one without a rule of authentication is refused. Thread-safe.
 */
final class ServiceFiles {
    static final long WARN_NANOS = 60_000_000_000L;

    private static final int READINGS = 4;

    /** For so long a look counts for the next requests too: under load each then looks once, after libpam has read. */
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
     * The rules of a service now. If libpam must not be asked for it, a warning says why, but not more than once a minute for
     * each service.
     *
     * @param service a service that is allowed: of those there are few, and their names are plain
     */
    ServiceStack of(String service) {
        ServiceStack stack = known.get(service);
        if (stack == null || !stack.isCurrent()) {
            stack = read(service);
        }
        stack.refusal().ifPresent(refusal -> warn(service, refusal));
        return stack;
    }

    /** The rules of a service now, or a moment ago: for who looks afterwards whether they still are. */
    ServiceStack lately(String service) {
        ServiceStack stack = known.get(service);
        if (stack == null || stack.refusal().isPresent() || stack.files().sinceCurrentNanos() > LOOK_NANOS) {
            return of(service);
        }
        return stack;
    }

    /**
     * Reads the files until a later change of one would show. Somebody who has just edited them is waited for, some
     * hundredths of a second; from who goes on to change them no verdict is taken.
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
