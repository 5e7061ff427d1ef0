package org.x2go.authservice.client.cli.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolTest {
    @ParameterizedTest
    @CsvSource({"ok, OK", "fail, FAIL", "bad, BAD", "error, ERROR", "yes, NOT_AN_ANSWER", "'', NOT_AN_ANSWER"})
    void authserviceAnswerEndsWithNewline(String word, Outcome outcome) {
        assertThat(parse(Protocol.AUTHSERVICE, word + "\n")).isEqualTo(outcome);
        assertThat(parse(Protocol.AUTHSERVICE, word)).isNull();
    }

    @Test
    void endlessAnswerIsNotAnAnswer() {
        assertThat(parse(Protocol.AUTHSERVICE, "x".repeat(Protocol.ANSWER_BYTES)))
                .isEqualTo(Outcome.NOT_AN_ANSWER);
    }

    @Test
    void saslauthdRequestHasFourCountedFields() {
        assertThat(text(Protocol.SASLAUTHD.encode("älice", "secret", "login")))
                .isEqualTo("\0\6Ã¤lice\0\6secret\0\5login\0\0");
    }

    @Test
    void saslauthdAnswerIsCounted() {
        assertThat(parse(Protocol.SASLAUTHD, "\0\2OK")).isEqualTo(Outcome.OK);
        assertThat(parse(Protocol.SASLAUTHD, "\0\6NO why")).isEqualTo(Outcome.FAIL);
        assertThat(parse(Protocol.SASLAUTHD, "\0\0")).isEqualTo(Outcome.NOT_AN_ANSWER);
        assertThat(parse(Protocol.SASLAUTHD, "\0\6NO w")).isNull();
        assertThat(parse(Protocol.SASLAUTHD, "\0")).isNull();
    }

    @Test
    void tooLongRequestIsRejected() {
        String password = "x".repeat(5000);
        for (Protocol protocol : Protocol.values()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> protocol.encode("alice", password, "login"))
                    .withMessageContaining("longer than 4096 bytes");
        }
    }

    private static @Nullable Outcome parse(Protocol protocol, String received) {
        ByteBuffer answer = ByteBuffer.allocateDirect(Protocol.ANSWER_BYTES);
        return protocol.parse(answer.put(received.getBytes(ISO_8859_1)));
    }

    private static String text(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return new String(bytes, ISO_8859_1);
    }
}
