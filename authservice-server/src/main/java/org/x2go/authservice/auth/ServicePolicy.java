package org.x2go.authservice.auth;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which PAM services may be asked for.
 *
 * <p>Names are compared exactly. That matters: libpam strips a service's name to what follows its last slash and lowercases
 * it, so that a looser comparison would let {@code ../pam.d/su} or {@code SU} through. Some of a system's own services
 * accept without a password whoever asks as root ({@code pam_rootok}), which this service does: allow only services that
 * were written for it.
 */
public final class ServicePolicy {
    /** The service that X2Go's broker asks for. */
    public static final String DEFAULT_SERVICE = "x2gobroker";

    private static final Pattern NAME = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,63}");

    private final Set<String> allowed;

    private ServicePolicy(Set<String> allowed) {
        this.allowed = allowed;
    }

    /**
     * Allows these services and no others.
     *
     * @throws IllegalArgumentException if there is none, or if one of the names cannot be allowed, which the message explains
     */
    public static ServicePolicy allowing(Iterable<String> names) {
        Set<String> allowed = new TreeSet<>();
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "'" + name + "' cannot be allowed as a PAM service: a name is made of lower"
                                + " case letters, digits, '_', '.' and '-', at most 64 of them");
            }
            if (name.equals("other")) {
                throw new IllegalArgumentException(
                        "'other' cannot be allowed as a PAM service: it is libpam's fallback for"
                                + " services without a file of their own");
            }
            allowed.add(name);
        }
        if (allowed.isEmpty()) {
            throw new IllegalArgumentException("At least one PAM service must be allowed");
        }
        return new ServicePolicy(Set.copyOf(allowed));
    }

    /** Whether requests for this service may be passed on. */
    public boolean allows(String service) {
        return allowed.contains(service);
    }

    /** The names of the services that are allowed. */
    public Set<String> allowed() {
        return allowed;
    }
}
