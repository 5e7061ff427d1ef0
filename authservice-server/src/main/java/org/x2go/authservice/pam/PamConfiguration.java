package org.x2go.authservice.pam;

import java.nio.file.Path;
import java.util.Optional;
import org.x2go.authservice.auth.ServicePolicy;

/**
 * The configuration of PAM calls.
 *
 * @param services the allowed services; others are refused before libpam sees their name
 * @param confdir the only directory of service files, which need not exist yet; empty for the system's
 * @param denied the modules that must not be called
 */
public record PamConfiguration(ServicePolicy services, Optional<Path> confdir, DeniedModules denied) {
    /** A configuration with the system's service files, and without denied modules. */
    public static PamConfiguration of(ServicePolicy services) {
        return new PamConfiguration(services, Optional.empty(), DeniedModules.NONE);
    }

    /** The same with the service files of a directory instead of the system's. */
    public PamConfiguration withConfdir(Path directory) {
        return new PamConfiguration(services, Optional.of(directory), denied);
    }

    /** The same with denied modules: requests for a service that calls one get {@code ERROR}. */
    public PamConfiguration withDenied(DeniedModules modules) {
        return new PamConfiguration(services, confdir, modules);
    }
}
