package org.x2go.authservice.auth;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The PAM services that clients may use. Immutable and thread-safe.
 *
 * <p>Names are compared exactly, since libpam uses only the part after the last slash, in lower case: a looser
 * comparison would let {@code ../pam.d/su} or {@code SU} through. Some services of the system accept root without a
 * password ({@code pam_rootok}), and PAM may be called as root here: allow only services that were written for this
 * program.
 */
public final class ServicePolicy {
    /** The service that X2Go's broker uses. */
    public static final String DEFAULT_SERVICE = "x2gobroker";

    private static final Pattern NAME = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,63}");

    private final Set<String> allowed;

    private ServicePolicy(Set<String> allowed) {
        this.allowed = allowed;
    }

    /**
     * Allows these services and no others.
     *
     * @param names the names: lower-case letters, digits, {@code _}, {@code .} and {@code -}, at most 64, not
     *     beginning with {@code .} or {@code -}
     * @throws IllegalArgumentException if there is no name, or a name is invalid; the message says why
     */
    public static ServicePolicy allowing(Iterable<String> names) {
        Set<String> allowed = new TreeSet<>();
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "'" + name + "' cannot be allowed as a PAM service: a name is made of lower"
                                + " case letters, digits, '_', '.' and '-', at most 64 of them, and does not begin with '.' or '-'");
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

    /**
     * Whether clients may use this service.
     *
     * @param service the name of a PAM service, as the client sent it
     */
    public boolean allows(String service) {
        return allowed.contains(service);
    }

    /** The names of the services that are allowed. */
    public Set<String> allowed() {
        return allowed;
    }
}
