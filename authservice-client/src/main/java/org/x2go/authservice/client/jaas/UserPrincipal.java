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
     * Creates a principal. It proves nothing unless a login has put it into a {@link javax.security.auth.Subject}.
     *
     * @param name the user's name
     */
    public UserPrincipal(String name) {
        this.name = name;
    }

    /** Returns the user's name, as it was given to log in. */
    @Override
    public String getName() {
        return name;
    }

    /** Returns whether the other object is a {@code UserPrincipal} with exactly this name. */
    @Override
    public boolean equals(Object other) {
        return other instanceof UserPrincipal user && user.name.equals(name);
    }

    /** Returns a hash code that fits {@link #equals}. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** Returns the class and the name, which is not escaped. */
    @Override
    public String toString() {
        return "UserPrincipal[" + name + "]";
    }
}
