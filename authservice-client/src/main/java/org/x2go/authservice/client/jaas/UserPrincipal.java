package org.x2go.authservice.client.jaas;

import java.io.Serial;
import java.io.Serializable;
import java.security.Principal;

/** A user whom PAM accepted, by the name that was given. Immutable, and serializable for containers that store sessions. */
public final class UserPrincipal implements Principal, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String name;

    /**
     * A principal of this name. It says nothing about who the user is unless it is found in a {@link
     * javax.security.auth.Subject} after a login.
     *
     * @param name the user's name
     */
    public UserPrincipal(String name) {
        this.name = name;
    }

    /** The user's name, as it was given to log in. */
    @Override
    public String getName() {
        return name;
    }

    /** Whether the other is a user of the very same name. */
    @Override
    public boolean equals(Object other) {
        return other instanceof UserPrincipal user && user.name.equals(name);
    }

    /** Goes with {@link #equals}. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** For people: the class and the name, which is not escaped. */
    @Override
    public String toString() {
        return "UserPrincipal[" + name + "]";
    }
}
