package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;

/** A table of accepted users, passwords and services, compared byte for byte. */
final class Accounts implements Authenticator {
    /** Requests without their newlines, one char for each byte. */
    private final Set<String> accepted;

    /** Accepts these requests, written without the newline. */
    Accounts(String... accepted) {
        this.accepted =
                Stream.of(accepted).map(line -> key(line.getBytes(UTF_8))).collect(Collectors.toUnmodifiableSet());
    }

    private static String key(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    /** Whether these fields, one char for each byte, are in the table. */
    boolean accept(String user, String password, String service) {
        return accepted.contains(user + '\r' + password + '\r' + service);
    }

    @Override
    public AuthResult authenticate(Credentials credentials, PeerCredentials peer) {
        String user = key(credentials.user().getBytes(UTF_8));
        String password = ISO_8859_1.decode(credentials.password()).toString();
        String service = key(credentials.service().getBytes(UTF_8));
        return accept(user, password, service) ? AuthResult.ok() : AuthResult.fail("wrong");
    }
}
