package org.x2go.authservice.pam;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.protocol.Credentials;

/** A transaction with the real libpam and modules that do nothing: this measures our code, JNA and libpam. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PamTransactionBenchmark {
    private static final String SERVICE = "permit";
    private static final ByteBuffer PASSWORD = ByteBuffer.wrap("secret".getBytes(StandardCharsets.US_ASCII));

    /** Root, the first line of /etc/passwd. */
    private static final PeerCredentials PEER = new PeerCredentials(1, 0, 0);

    private Path directory;
    private PamAuthenticator pam;

    @Setup(Level.Trial)
    public void open() throws IOException, PamUnavailableException {
        directory = Files.createTempDirectory("pam-transaction");
        Files.write(
                directory.resolve(SERVICE), List.of("auth required pam_permit.so", "account required pam_permit.so"));
        pam = PamAuthenticator.open(ServicePolicy.allowing(List.of(SERVICE)), directory);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        pam.close();
        Files.delete(directory.resolve(SERVICE));
        Files.delete(directory);
    }

    @Benchmark
    public AuthResult oneThread() {
        return ask();
    }

    @Benchmark
    @Threads(2)
    public AuthResult twoThreads() {
        return ask();
    }

    private AuthResult ask() {
        try (Credentials credentials = Credentials.copyOf("bench", PASSWORD.duplicate(), SERVICE)) {
            return pam.authenticate(credentials, PEER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
