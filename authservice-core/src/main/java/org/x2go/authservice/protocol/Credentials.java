package org.x2go.authservice.protocol;

import java.nio.ByteBuffer;

/**
 * A user, a password and the PAM service to check them with: what one request asks.
 *
 * <p>The password lives outside the Java heap, where no garbage collection can leave copies of it behind, and
 * {@link #close()} overwrites it. User and service are not secrets, but they come from outside: escape them in logs.
 *
 * <p>Whoever holds the credentials last closes them. Reading and closing may happen on different threads as long as they
 * do not happen at the same time.
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
     * Credentials with a copy, outside the heap, of the password's remaining bytes.
     *
     * @param user the user's name, not empty
     * @param password the password's bytes, from position to limit, which are left as they are: wiping them stays the
     *     caller's business
     * @param service the PAM service's name, not empty
     */
    public static Credentials copyOf(String user, ByteBuffer password, String service) {
        ByteBuffer copy = ByteBuffer.allocateDirect(password.remaining());
        SecretBytes.copy(password.duplicate(), copy);
        return new Credentials(user, copy.flip(), service);
    }

    /** The user's name. */
    public String user() {
        return user;
    }

    /**
     * A view of the password's bytes, which need not be text in any encoding. It reads as zeros once these credentials are
     * closed.
     *
     * @throws IllegalStateException if these credentials are closed already
     */
    public ByteBuffer password() {
        if (closed) {
            throw new IllegalStateException("the password has been wiped already");
        }
        return password.asReadOnlyBuffer();
    }

    /** The PAM service's name. */
    public String service() {
        return service;
    }

    /** Overwrites the password. Closing again does nothing. */
    @Override
    public void close() {
        closed = true;
        Wipe.wipe(password);
    }

    /** The user and the service, never the password nor its length. Neither name is escaped. */
    @Override
    public String toString() {
        return "Credentials[user=" + user + ", service=" + service + "]";
    }
}
