package org.x2go.authservice.examples;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.client.AuthServiceException;
import org.x2go.authservice.junit.AuthServerExtension;
import org.x2go.authservice.junit.AuthServerSocket;

class LoginTest {
    @RegisterExtension
    static final AuthServerExtension auth = new AuthServerExtension().account("alice", "secret");

    @Test
    void onlyTheRightPasswordLogsIn(@AuthServerSocket Path socket) throws Exception {
        try (AuthClient client = AuthClient.builder().socket(socket).build()) {
            assertTrue(client.authenticate("alice", "secret"));
            assertFalse(client.authenticate("alice", "wrong"));
            auth.outage();
            assertThrows(AuthServiceException.class, () -> client.authenticate("alice", "secret"));
        }
    }
}
