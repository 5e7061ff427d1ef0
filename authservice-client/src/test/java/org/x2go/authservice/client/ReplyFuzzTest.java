package org.x2go.authservice.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.client.AuthServiceException.Kind;
import org.x2go.authservice.client.transport.ServerVerifier;
import org.x2go.authservice.protocol.Verdict;

/** Whatever a service sends, a connection takes one of the four exact answers for a verdict and nothing else. */
class ReplyFuzzTest {
    /** Fits into a socket's buffer, so that one thread can play both sides. */
    private static final int MAX_BYTES = 4096;

    @TempDir
    private static Path directory;

    private static UnixDomainSocketAddress address;
    private static ServerSocketChannel listener;

    @BeforeAll
    static void listen() throws IOException {
        address = UnixDomainSocketAddress.of(directory.resolve("s"));
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(address);
    }

    @AfterAll
    static void stopListening() throws IOException {
        listener.close();
    }

    @FuzzTest
    void onlyExactAnswersAreVerdicts(byte[] sent) throws IOException {
        byte[] bytes = Arrays.copyOf(sent, Math.min(sent.length, MAX_BYTES));
        try (Connection connection = new Connection(address, ServerVerifier.allowing(null, null))) {
            connection.connect();
            try (SocketChannel service = listener.accept()) {
                write(service, bytes);
                service.shutdownOutput();
                assertThat(outcome(connection)).isEqualTo(expected(bytes));
            }
        }
    }

    @FuzzTest
    void bytesAfterAnAnswerAreNoticed(byte[] following) throws IOException {
        byte[] bytes = Arrays.copyOf(following, Math.min(following.length, MAX_BYTES));
        try (Connection connection = new Connection(address, ServerVerifier.allowing(null, null))) {
            connection.connect();
            try (SocketChannel service = listener.accept()) {
                write(service, "fail\n".getBytes(ISO_8859_1));
                assertThat(outcome(connection)).isEqualTo("FAIL");
                write(service, bytes);
                assertThat(connection.isReusable()).isEqualTo(bytes.length == 0);
            }
        }
    }

    private static void write(SocketChannel service, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            service.write(rest);
        }
    }

    /** The verdict's name, or that of the failure's kind. */
    private static String outcome(Connection connection) throws IOException {
        try {
            Verdict verdict = connection.receive();
            return verdict.name();
        } catch (AuthServiceException e) {
            return e.kind().name();
        }
    }

    private static String expected(byte[] sent) {
        return switch (new String(sent, ISO_8859_1)) {
            case "ok\n" -> "OK";
            case "fail\n" -> "FAIL";
            case "bad\n" -> "BAD";
            case "error\n" -> "ERROR";
            case "" -> Kind.CONNECTION_LOST.name();
            default -> Kind.PROTOCOL.name();
        };
    }
}
