package org.x2go.authservice.pam;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.x2go.authservice.auth.Diagnostics;

/**
 * Names the module that a sandbox keeps from its work, which by itself says no more than that a login failed. A module that
 * works without what it is denied, depending on its arguments, is not among them: a wrong password would be taken for this.
 * Thread-safe.
 */
final class SandboxHints {
    /** They become the user before they read or write anything. */
    private static final Set<String> BECOME_USER = Set.of("pam_google_authenticator", "pam_u2f");

    private final BooleanSupplier mayChangeUser;
    private final Diagnostics diagnostics;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** @param mayChangeUser whether this process may become another user */
    SandboxHints(BooleanSupplier mayChangeUser, Diagnostics diagnostics) {
        this.mayChangeUser = mayChangeUser;
        this.diagnostics = diagnostics;
    }

    /** Is told that a service did not let somebody in. Warns once for each service, if a module that it calls is hindered. */
    void notLetIn(String service, ServiceStack stack) {
        if (told.contains(service)) {
            return;
        }
        stack.called().stream()
                .filter(rule -> BECOME_USER.stream().anyMatch(rule::calls))
                .findFirst()
                .filter(rule -> !mayChangeUser.getAsBoolean() && told.add(service))
                .ifPresent(
                        rule -> diagnostics.warn(
                                "PAM service " + service + " calls "
                                        + Rule.nameOf(rule.module().orElseThrow()) + " (" + rule.where()
                                        + "), which becomes the user who logs in. This process may not (setfsuid and setresuid need"
                                        + " CAP_SETUID and CAP_SETGID), so that the module refuses: under systemd add the drop-in as-user.conf"));
    }
}
