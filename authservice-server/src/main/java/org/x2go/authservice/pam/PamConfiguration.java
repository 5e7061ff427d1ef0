package org.x2go.authservice.pam;

import java.nio.file.Path;
import java.util.Optional;
import org.x2go.authservice.auth.ServicePolicy;

/**
 * Which of this machine's PAM is asked.
 *
 * @param services the services that may be asked for; any other is refused before libpam sees its name
 * @param confdir the only directory of service files, which need not exist yet; empty for the system's
 * @param denied the modules that must not be called
 */
public record PamConfiguration(ServicePolicy services, Optional<Path> confdir, DeniedModules denied) {
    /** The system's own service files, and every module. */
    public static PamConfiguration of(ServicePolicy services) {
        return new PamConfiguration(services, Optional.empty(), DeniedModules.NONE);
    }

    /** The same with the service files of a directory, and none of the system's but for those that they include. */
    public PamConfiguration withConfdir(Path directory) {
        return new PamConfiguration(services, Optional.of(directory), denied);
    }

    /** The same without these modules: a service that calls one is answered {@code ERROR}. */
    public PamConfiguration withDenied(DeniedModules modules) {
        return new PamConfiguration(services, confdir, modules);
    }
}
