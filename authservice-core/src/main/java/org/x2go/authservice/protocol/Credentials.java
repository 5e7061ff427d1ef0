package org.x2go.authservice.protocol;

import java.nio.ByteBuffer;

/**
 * One request: a user, a password, and the PAM service that checks them.
 *
 * <p>The password lives outside the Java heap, where no garbage collection can leave copies of it behind, and
 * {@link #close()} overwrites it. User and service are not secrets, but they come from outside: escape them in logs.
 *
 * <p>The last owner closes the credentials. Reading and closing may happen on different threads, but not at the same time.
 */
public final class Credentials implements AutoCloseable {
    private final String user;
    private final ByteBuffer password;
    private final String service;
    private volatile boolean closed;

    private Credentials(String user, ByteBuffer password, String service) {
        this.user = user;
        this.password = password;
        this.service = service;
    }

    /**
     * Creates credentials with a copy of the password outside the heap.
     *
     * @param user the user's name, not empty
     * @param password the password's bytes, from position to limit; they are left as they are, and the caller wipes them
     * @param service the PAM service's name, not empty
     * @return the credentials, which the caller closes
     */
    public static Credentials copyOf(String user, ByteBuffer password, String service) {
        ByteBuffer copy = ByteBuffer.allocateDirect(password.remaining());
        SecretBytes.copy(password.duplicate(), copy);
        return new Credentials(user, copy.flip(), service);
    }

    /** Returns the user's name. */
    public String user() {
        return user;
    }

    /**
     * Returns a read-only view of the password's bytes, which need not be text in any encoding. It reads as zeros once these
     * credentials are closed.
     *
     * @throws IllegalStateException if these credentials are closed
     */
    public ByteBuffer password() {
        if (closed) {
            throw new IllegalStateException("the password has been wiped already");
        }
        return password.asReadOnlyBuffer();
    }

    /** Returns the PAM service's name. */
    public String service() {
        return service;
    }

    /** Overwrites the password. Closing again does nothing. */
    @Override
    public void close() {
        closed = true;
        Wipe.wipe(password);
    }

    /** Returns the user and the service, unescaped, and neither the password nor its length. */
    @Override
    public String toString() {
        return "Credentials[user=" + user + ", service=" + service + "]";
    }
}
