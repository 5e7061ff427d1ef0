package org.x2go.authservice.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.protocol.MalformedRequestException.Reason;

class RequestFormatTest {
    private static final int MAX = RequestFormat.DEFAULT_MAX_REQUEST_BYTES;

    @Test
    void threeFieldsAreParsed() throws MalformedRequestException {
        try (Credentials credentials = RequestFormat.parse(utf8("alice\rsecret\rx2gobroker"))) {
            assertThat(credentials.user()).isEqualTo("alice");
            assertThat(bytes(credentials.password())).isEqualTo("secret".getBytes(UTF_8));
            assertThat(credentials.service()).isEqualTo("x2gobroker");
        }
    }

    @Test
    void namesAreUtf8() throws MalformedRequestException {
        try (Credentials credentials = RequestFormat.parse(utf8("jürgen\rx\rдиспетчер"))) {
            assertThat(credentials.user()).isEqualTo("jürgen");
            assertThat(credentials.service()).isEqualTo("диспетчер");
        }
    }

    @Test
    void emptyPasswordIsParsed() throws MalformedRequestException {
        try (Credentials credentials = RequestFormat.parse(utf8("alice\r\rx2gobroker"))) {
            assertThat(credentials.password().remaining()).isZero();
        }
    }

    @Test
    void passwordMayHoldAnyOtherByte() throws MalformedRequestException {
        StringBuilder password = new StringBuilder();
        for (char c = 1; c < 256; c++) {
            if (c != '\r' && c != '\n') {
                password.append(c);
            }
        }
        byte[] expected = password.toString().getBytes(ISO_8859_1);
        ByteBuffer line = ByteBuffer.wrap(("u\r" + password + "\rs").getBytes(ISO_8859_1));
        try (Credentials credentials = RequestFormat.parse(line)) {
            assertThat(bytes(credentials.password())).isEqualTo(expected);
        }
    }

    @Test
    void onlyRemainingBytesAreParsed() throws MalformedRequestException {
        ByteBuffer line = utf8("\n\0\ralice\rsecret\rx2gobroker\n\0\r").position(3);
        line.limit(line.limit() - 3);
        int limit = line.limit();
        try (Credentials credentials = RequestFormat.parse(line)) {
            assertThat(credentials.user()).isEqualTo("alice");
            assertThat(credentials.service()).isEqualTo("x2gobroker");
        }
        assertThat(line.position()).isEqualTo(3);
        assertThat(line.limit()).isEqualTo(limit);
    }

    @Test
    void passwordIsACopy() throws MalformedRequestException {
        ByteBuffer line = utf8("alice\rsecret\rx2gobroker");
        try (Credentials credentials = RequestFormat.parse(line)) {
            Wipe.wipe(line);
            assertThat(bytes(credentials.password())).isEqualTo("secret".getBytes(UTF_8));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',                NOT_THREE_FIELDS",
        "'alice',           NOT_THREE_FIELDS",
        "'alice|secret',    NOT_THREE_FIELDS",
        "'a|b|c|d',         NOT_THREE_FIELDS",
        "'a|b|c|',          NOT_THREE_FIELDS",
        "'|||',             NOT_THREE_FIELDS",
        "'||',              EMPTY_USER",
        "'|secret|service', EMPTY_USER",
        "'alice|secret|',   EMPTY_SERVICE",
        "'al@ice|x|s',      NUL",
        "'alice|x@y|s',     NUL",
        "'alice|x|s@',      NUL",
        "'al~ice|x|s',      NOT_ONE_LINE",
        "'alice|x~y|s',     NOT_ONE_LINE",
        "'alice|x|s~',      NOT_ONE_LINE",
    })
    void malformedRequestIsRejected(String line, Reason reason) {
        String sent = line.replace('|', '\r').replace('@', '\0').replace('~', '\n');
        assertThat(refusal(utf8(sent)).reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00fc\rx\rs", // a Latin-1 letter
                "u\rx\r\u00c3", // a sequence cut short
                "\u00c0\u00af\rx\rs", // '/' in two bytes: overlong
                "\u00ed\u00a0\u0080\rx\rs", // half a surrogate pair
                "\u00f4\u0090\u0080\u0080\rx\rs", // beyond the last code point
            })
    void nameThatIsNotUtf8IsRejected(String latin1) {
        assertThat(refusal(ByteBuffer.wrap(latin1.getBytes(ISO_8859_1))).reason())
                .isEqualTo(Reason.NOT_UTF8);
    }

    @ParameterizedTest
    @CsvSource({
        "alice, secret, x2gobroker",
        "alice, '', x2gobroker",
        "alice, ' with  blanks ', x2gobroker",
        "jürgen, pässwörd, login",
        "u, 密码🔑, s",
        "'DOMAIN\\bob', 'a:b\"c''d\\e', s-1.x",
    })
    void encodedRequestIsParsed(String user, String password, String service) throws MalformedRequestException {
        ByteBuffer request = RequestFormat.encode(user, password, service, MAX);
        assertThat(request.isDirect()).isTrue();
        assertThat(utf8(user + "\r" + password + "\r" + service + "\n")).isEqualTo(request);
        try (Credentials credentials = RequestFormat.parse(request.limit(request.limit() - 1))) {
            assertThat(credentials.user()).isEqualTo(user);
            assertThat(bytes(credentials.password())).isEqualTo(password.getBytes(UTF_8));
            assertThat(credentials.service()).isEqualTo(service);
        }
    }

    @Test
    void encodeLeavesThePasswordUnchanged() {
        char[] password = "secret".toCharArray();
        CharBuffer wrapped = CharBuffer.wrap(password);
        RequestFormat.encode("alice", wrapped, "x2gobroker", MAX);
        assertThat(password).containsExactly('s', 'e', 'c', 'r', 'e', 't');
        assertThat(wrapped.remaining()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({
        "'',     secret, service, The user is empty",
        "alice,  secret, '',      The service is empty",
        "a|b,    secret, service, The user holds a carriage return",
        "a~b,    secret, service, The user holds a carriage return",
        "a@b,    secret, service, The user holds a carriage return",
        "alice,  a|b,    service, The password holds a carriage return",
        "alice,  a~b,    service, The password holds a carriage return",
        "alice,  a@b,    service, The password holds a carriage return",
        "alice,  secret, a|b,     The service holds a carriage return",
        "alice,  secret, a~b,     The service holds a carriage return",
        "alice,  secret, a@b,     The service holds a carriage return",
    })
    void unsendableFieldIsRejected(String user, String password, String service, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestFormat.encode(raw(user), raw(password), raw(service), MAX))
                .withMessageStartingWith(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "\udd11", "x\ud83dx", "\udd11\ud83d"})
    void halfASurrogatePairIsRejected(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestFormat.encode("alice", text, "service", MAX))
                .withMessageContaining("password");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestFormat.encode(text, "secret", "service", MAX))
                .withMessageContaining("user");
    }

    @ParameterizedTest
    @ValueSource(strings = {"p", "ü", "€", "🔑"})
    void limitCountsAllBytesAndTheNewline(String character) {
        String password = character.repeat(10);
        int length = ("u\r" + password + "\rs\n").getBytes(UTF_8).length;
        assertThat(RequestFormat.encode("u", password, "s", length).remaining()).isEqualTo(length);
        for (int max = 1; max < length; max++) {
            int tooFew = max;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RequestFormat.encode("u", password, "s", tooFew))
                    .withMessage("The request would be longer than " + tooFew + " bytes");
        }
    }

    @Test
    void bufferIsNoLargerThanNeeded() {
        assertThat(RequestFormat.encode("alice", "secret", "login", 1 << 20).capacity())
                .isLessThanOrEqualTo(3 * "alice\rsecret\rlogin\n".length());
    }

    @Test
    void messageHoldsNoField() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestFormat.encode("alice", "hunter2\n", "service", MAX))
                .withMessageNotContaining("hunter2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestFormat.encode("alice", "hunter2", "service", 8))
                .withMessageNotContaining("hunter2");
    }

    private static MalformedRequestException refusal(ByteBuffer line) {
        return catchThrowableOfType(MalformedRequestException.class, () -> RequestFormat.parse(line));
    }

    private static String raw(String text) {
        return text.replace('|', '\r').replace('~', '\n').replace('@', '\0');
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
