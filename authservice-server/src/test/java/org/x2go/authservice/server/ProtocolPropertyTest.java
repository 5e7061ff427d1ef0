package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.testsupport.RandomRuns;
import org.x2go.authservice.testsupport.RawPeer;

/** Whatever a peer sends, and in whatever pieces, it is answered as {@link ProtocolModel} says. */
class ProtocolPropertyTest {
    private final ProtocolModel model = RequestStreams.model();

    /** Every word on a line of its own. */
    private String expected(byte[] sent) {
        return model.repliesTo(sent).stream().map(word -> word + "\n").collect(Collectors.joining());
    }

    @Test
    void pipelineRepliesMatchTheModel() {
        PipelineOnOneThread pipeline = new PipelineOnOneThread(
                RequestStreams.MAX_REQUEST_BYTES, RequestStreams.ALLOWED_SERVICES, RequestStreams.ACCOUNTS);
        RandomRuns.check(2000, random -> {
            RequestStreams streams = new RequestStreams(random);
            byte[] sent = streams.stream();
            List<byte[]> pieces = streams.pieces(sent);
            assertThat(pipeline.repliesTo(pieces))
                    .as(() -> "replies to " + text(pieces))
                    .isEqualTo(expected(sent));
        });
    }

    @Test
    void serverRepliesMatchTheModelAtEndOfInput(@TempDir Path directory) throws IOException {
        try (AuthServer server = server(directory)) {
            RandomRuns.check(300, random -> {
                RequestStreams streams = new RequestStreams(random);
                byte[] sent = streams.stream();
                List<byte[]> pieces = streams.pieces(sent);
                try (RawPeer peer = RawPeer.connect(server.socketPath())) {
                    for (byte[] piece : pieces) {
                        peer.send(latin1(piece));
                    }
                    assertThat(peer.shutdownOutput().rest())
                            .as(() -> "replies to " + text(pieces))
                            .isEqualTo(expected(sent));
                }
            });
        }
    }

    @Test
    void serverRepliesMatchTheModelOnAKeptConnection(@TempDir Path directory) throws IOException {
        try (AuthServer server = server(directory);
                RawPeer peer = RawPeer.connect(server.socketPath())) {
            RandomRuns.check(300, random -> {
                RequestStreams streams = new RequestStreams(random);
                String sent = latin1(streams.stream()) + "\n";
                List<byte[]> pieces = streams.pieces(sent.getBytes(ISO_8859_1));
                for (byte[] piece : pieces) {
                    peer.send(latin1(piece));
                }
                StringBuilder replies = new StringBuilder();
                String expected = expected(sent.getBytes(ISO_8859_1));
                for (long i = expected.lines().count(); i > 0; i--) {
                    replies.append(peer.reply()).append('\n');
                }
                assertThat(replies).as(() -> "replies to " + text(pieces)).hasToString(expected);
            });
            assertThat(peer.shutdownOutput().rest())
                    .as("more replies than requests")
                    .isEmpty();
        }
    }

    private static AuthServer server(Path directory) throws IOException {
        AuthServerConfig config = AuthServerConfig.builder(directory.resolve("s"))
                .limit(Limit.MAX_REQUEST_BYTES, RequestStreams.MAX_REQUEST_BYTES)
                .services(ServicePolicy.allowing(RequestStreams.ALLOWED_SERVICES))
                .build();
        return AuthServer.start(config, RequestStreams.ACCOUNTS);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    /** The pieces as a Java programmer could write them down. */
    private static String text(List<byte[]> pieces) {
        return pieces.stream()
                .map(piece -> latin1(piece)
                        .chars()
                        .mapToObj(c -> c >= ' ' && c <= '~' ? String.valueOf((char) c) : String.format("\\u%04x", c))
                        .collect(Collectors.joining("", "\"", "\"")))
                .collect(Collectors.joining(", "));
    }
}
