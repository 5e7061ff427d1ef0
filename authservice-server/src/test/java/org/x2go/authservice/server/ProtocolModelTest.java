package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the model itself against each rule of the protocol. */
class ProtocolModelTest {
    private final ProtocolModel model =
            new ProtocolModel(16, Set.of("s", "t"), new Accounts("u\rp\rs", "u\r\rs", "ü\rp\rs"));

    private List<String> repliesTo(String sent) {
        return model.repliesTo(sent.getBytes(ISO_8859_1));
    }

    @Test
    void onlyExactCredentialsAreAccepted() {
        assertThat(repliesTo("u\rp\rs\nu\r\rs\nu\rP\rs\nU\rp\rs\nu\rp\rt\nu\rp \rs\n"))
                .containsExactly("ok", "ok", "fail", "fail", "fail", "fail");
        assertThat(repliesTo("\u00c3\u00bc\rp\rs\n")).as("ü in UTF-8").containsExactly("ok");
    }

    @Test
    void disallowedServiceFails() {
        assertThat(repliesTo("u\rp\rS\nu\rp\rs \nu\rp\rx\n")).containsExactly("fail", "fail", "fail");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\r\n",
                "\r\r\n",
                "u\rp\n",
                "u\rp\rs\r\n",
                "u\rp\r\n",
                "\rp\rs\n",
                "u\rp\rs\0\n",
                "u\0\rp\rs\n",
                "u\r\0\rs\n",
                "u\u00ff\rp\rs\n",
                "u\rp\r\u00c3\n",
                "\u00c0\u00af\rp\rs\n",
                "\u00ed\u00a0\u0080\rp\rs\n",
                "\u00f4\u0090\u0080\u0080\rp\rs\n",
                "u",
                "u\rp\rs",
                "0123456789abcdef\n",
                "0123456789abcdef0123456789abcdef"
            })
    void malformedLineIsBad(String line) {
        assertThat(repliesTo(line)).containsExactly("bad");
    }

    @Test
    void passwordNeedNotBeText() {
        assertThat(repliesTo("u\r\u00ff\u00c0\rs\n")).containsExactly("fail");
    }

    @Test
    void lineAtTheLimitIsReadAndALongerOneIsBad() {
        assertThat(repliesTo("u\r01234567890\rs\nu\r012345678901\rs\nu\rp\rs\n"))
                .containsExactly("fail", "bad", "ok");
    }

    @Test
    void emptyInputHasNoReply() {
        assertThat(repliesTo("")).isEmpty();
    }
}
