package org.x2go.authservice.pam;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.x2go.authservice.auth.Diagnostics;

/**
 * Names a PAM module that does not work in this process's sandbox, since the module itself reports only that a login failed.
 * Modules that need the privilege only with some arguments are left out: a wrong password would be mistaken for a denial.
 * Thread-safe.
 */
final class SandboxHints {
    /** Modules that always become the user before they read or write anything. */
    private static final Set<String> BECOME_USER = Set.of("pam_google_authenticator", "pam_u2f");

    private final BooleanSupplier mayChangeUser;
    private final Diagnostics diagnostics;
    private final Set<String> reported = ConcurrentHashMap.newKeySet();

    /** @param mayChangeUser whether this process may become another user */
    SandboxHints(BooleanSupplier mayChangeUser, Diagnostics diagnostics) {
        this.mayChangeUser = mayChangeUser;
        this.diagnostics = diagnostics;
    }

    /** Called when a service refused a login or failed. Warns once for each service that calls such a module. */
    void loginFailed(String service, ServiceStack stack) {
        if (reported.contains(service)) {
            return;
        }
        stack.called().stream()
                .filter(rule -> BECOME_USER.stream().anyMatch(rule::calls))
                .findFirst()
                .filter(rule -> !mayChangeUser.getAsBoolean() && reported.add(service))
                .ifPresent(
                        rule -> diagnostics.warn(
                                "PAM service " + service + " calls "
                                        + Rule.nameOf(rule.module().orElseThrow()) + " (" + rule.where()
                                        + "), which becomes the user who logs in. This process may not (setfsuid and setresuid need"
                                        + " CAP_SETUID and CAP_SETGID), so that the module refuses: under systemd add the drop-in as-user.conf"));
    }
}
