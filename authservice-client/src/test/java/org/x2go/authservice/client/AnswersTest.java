package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.client.AuthServiceException.Kind;

/** What is asked, and what the answers mean. */
@Timeout(60)
class AnswersTest {
    @TempDir
    Path directory;

    @Test
    void okIsTrueAndFailIsFalse() throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> user.equals("alice") ? "ok\n" : "fail\n");
                AuthClient client = clientOf(server)) {
            assertThat(client.authenticate("alice", "secret", "login")).isTrue();
            assertThat(client.authenticate("bob", "secret", "login")).isFalse();
            assertThat(client.authenticate("alice", "secret".toCharArray(), "login"))
                    .isTrue();
            assertThat(client.authenticate("bob", "secret".toCharArray(), "login"))
                    .isFalse();
        }
    }

    @Test
    void requestHasTheProtocolsForm() throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n");
                AuthClient client = clientOf(server)) {
            client.authenticate("jürgen", "pass wörd", "login");
            client.authenticate("jürgen", "密码🔑".toCharArray(), "login");
            client.authenticate("alice", "secret");
            client.authenticate("alice", "secret".toCharArray());
            client.authenticate("alice", "");
            assertThat(server.requests())
                    .containsExactly(
                            "jürgen\rpass wörd\rlogin",
                            "jürgen\r密码🔑\rlogin",
                            "alice\rsecret\rx2gobroker",
                            "alice\rsecret\rx2gobroker",
                            "alice\r\rx2gobroker");
        }
    }

    @Test
    void callersArrayIsUnchanged() throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n");
                AuthClient client = clientOf(server)) {
            char[] password = "secret".toCharArray();
            assertThat(client.authenticate("alice", password)).isTrue();
            assertThat(client.authenticateAsync("alice", password).join()).isTrue();
            assertThat(password).isEqualTo("secret".toCharArray());
        }
    }

    @Test
    void errorMeansNoVerdict() throws IOException {
        AuthServiceException failure = failureOf("error\n");
        assertThat(failure.kind()).isEqualTo(Kind.NO_VERDICT);
        assertThat(failure).hasMessageContaining(directory.toString()).hasMessageContaining("log");
    }

    @Test
    void badMeansProtocolError() throws IOException {
        assertThat(failureOf("bad\n").kind()).isEqualTo(Kind.PROTOCOL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "okay\n",
                "ok",
                "OK\n",
                "ok\nok\n",
                "ok\nx",
                "ok \n",
                " ok\n",
                "ok\r\n",
                "\n",
                "\nok\n",
                "okok\n",
                "fail",
                "o",
                "\0ok\n",
                "ök\n",
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "0123456789abcdef\n",
            })
    void unknownAnswerMeansProtocolError(String reply) throws IOException {
        AuthServiceException failure = failureOf(reply);
        assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
        assertThat(failure).hasMessageContaining(directory.toString());
    }

    @Test
    void endlessAnswerMeansProtocolError() throws IOException {
        FakeServer.Script endless = peer -> {
            peer.read();
            while (true) {
                peer.write("o".repeat(1000));
            }
        };
        try (FakeServer server = FakeServer.start(directory, endless);
                AuthClient client = clientOf(server)) {
            assertThat(failureOf(client).kind()).isEqualTo(Kind.PROTOCOL);
        }
    }

    @ParameterizedTest
    @CsvSource({"ok, true", "fail, false"})
    void answerMayArriveByteByByte(String word, boolean accepted) throws IOException {
        FakeServer.Script slow = peer -> {
            while (peer.read() != null) {
                for (char letter : (word + "\n").toCharArray()) {
                    peer.write(String.valueOf(letter));
                    Thread.sleep(5);
                }
            }
        };
        try (FakeServer server = FakeServer.start(directory, slow);
                AuthClient client = clientOf(server)) {
            assertThat(client.authenticate("alice", "secret")).isEqualTo(accepted);
            assertThat(client.authenticate("alice", "secret")).isEqualTo(accepted);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void closeWithoutAnswerMeansConnectionLost() throws IOException {
        AuthServiceException failure = failureOf("");
        assertThat(failure.kind()).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(failure).hasMessageContaining(directory.toString());
    }

    @Test
    void closeWithUnreadRequestMeansConnectionLost() throws IOException {
        try (FakeServer server = FakeServer.start(directory, peer -> awaitFirstByte(peer));
                AuthClient client = clientOf(server)) {
            assertThat(failureOf(client).kind()).isEqualTo(Kind.CONNECTION_LOST);
            assertThat(server.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',     secret, login",
        "alice,  secret, ''",
        "al~ice, secret, login",
        "alice,  sec~ret, login",
        "alice,  secret, log~in",
    })
    void unsendableFieldIsRejectedBeforeConnecting(String user, String password, String service) throws IOException {
        try (FakeServer server = FakeServer.answering(directory, name -> "ok\n");
                AuthClient client = clientOf(server)) {
            for (String control : new String[] {"\r", "\n", "\0", "\ud83d"}) {
                String u = user.replace("~", control);
                String p = password.replace("~", control);
                String s = service.replace("~", control);
                assertThatIllegalArgumentException().isThrownBy(() -> client.authenticate(u, p, s));
                assertThatIllegalArgumentException().isThrownBy(() -> client.authenticate(u, p.toCharArray(), s));
                assertThatIllegalArgumentException().isThrownBy(() -> client.authenticateAsync(u, p, s));
                assertThatIllegalArgumentException().isThrownBy(() -> client.authenticateAsync(u, p.toCharArray(), s));
            }
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void fieldsMayHave4093Bytes() throws IOException {
        try (FakeServer server = FakeServer.answering(directory, user -> "ok\n");
                AuthClient client = clientOf(server)) {
            String longest = "p".repeat(4093 - "alice".length() - "login".length());
            assertThat(client.authenticate("alice", longest, "login")).isTrue();
            assertThat(server.requests()).containsExactly("alice\r" + longest + "\rlogin");
            assertThatIllegalArgumentException().isThrownBy(() -> client.authenticate("alice", longest + "p", "login"));
        }
    }

    private static void awaitFirstByte(FakeServer.Peer peer) throws IOException {
        peer.channel().read(ByteBuffer.allocate(1));
    }

    private AuthServiceException failureOf(String reply) throws IOException {
        FakeServer.Script once = peer -> {
            peer.read();
            peer.write(reply);
        };
        try (FakeServer server = FakeServer.start(directory, once);
                AuthClient client = clientOf(server)) {
            AuthServiceException failure = failureOf(client);
            assertThat(server.requests()).hasSize(1);
            return failure;
        }
    }

    private static AuthServiceException failureOf(AuthClient client) {
        return catchThrowableOfType(AuthServiceException.class, () -> client.authenticate("alice", "secret"));
    }

    private static AuthClient clientOf(FakeServer server) {
        return AuthClient.builder().socket(server.socket()).build();
    }
}
