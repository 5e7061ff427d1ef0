package org.x2go.authservice.vectors;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.vectors.Vectors.Vector;

/** Accepts what is in a table, passwords compared byte by byte. */
final class AccountTable implements Authenticator {
    private final Set<List<Object>> accounts = new HashSet<>();

    /** The fields of each vector begin with user, password and service. */
    AccountTable(Iterable<Vector> vectors) {
        for (Vector vector : vectors) {
            accounts.add(List.of(vector.text(0), ByteBuffer.wrap(vector.bytes(1)), vector.text(2)));
        }
    }

    @Override
    public AuthResult authenticate(Credentials credentials, PeerCredentials peer) {
        List<Object> asked = List.of(credentials.user(), credentials.password(), credentials.service());
        return accounts.contains(asked) ? AuthResult.ok() : AuthResult.fail("not in the table");
    }
}
