package org.x2go.authservice.pam;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.testsupport.RecordingDiagnostics;
import org.x2go.authservice.testsupport.Requirements;

/** A directory of PAM service files for the real libpam, instead of /etc/pam.d. */
final class ServiceDirectory {
    static final PeerCredentials PEER = new PeerCredentials(1, Requirements.uid(), 0);

    private final Path directory;
    private final RecordingDiagnostics said = new RecordingDiagnostics();

    ServiceDirectory(Path directory) {
        this.directory = directory;
    }

    /** Writes a service's file. */
    ServiceDirectory service(String name, String... lines) throws IOException {
        Files.write(directory.resolve(name), List.of(lines));
        return this;
    }

    /** What was said by those that this has opened. */
    RecordingDiagnostics said() {
        return said;
    }

    /** A way to ask by these files. */
    PamAuthenticator open(String... services) throws PamUnavailableException {
        return PamAuthenticator.open(
                PamConfiguration.of(ServicePolicy.allowing(List.of(services))).withConfdir(directory), said);
    }

    /** Asks once. */
    AuthResult ask(String user, String password, String service) throws Exception {
        try (PamAuthenticator pam = open(service)) {
            return ask(pam, user, password, service);
        }
    }

    static AuthResult ask(PamAuthenticator pam, String user, String password, String service) throws IOException {
        return ask(pam, user, password.getBytes(StandardCharsets.UTF_8), service);
    }

    static AuthResult ask(PamAuthenticator pam, String user, byte[] password, String service) throws IOException {
        try (Credentials credentials = Credentials.copyOf(user, ByteBuffer.wrap(password), service)) {
            return pam.authenticate(credentials, PEER);
        }
    }
}
