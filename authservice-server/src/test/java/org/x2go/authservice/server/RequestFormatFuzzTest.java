package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.MalformedRequestException;
import org.x2go.authservice.protocol.RequestFormat;

/** Parsing takes what the model takes and nothing else, and encoding makes exactly what parsing takes. */
class RequestFormatFuzzTest {
    private static final int MAX_CHARS = 100;

    @FuzzTest
    void parserAgreesWithTheModel(byte[] line) {
        ProtocolModel.Fields expected = ProtocolModel.fieldsOf(line);
        try (Credentials credentials = RequestFormat.parse(ByteBuffer.wrap(line))) {
            assertThat(fields(credentials)).isEqualTo(expected);
            encodesAgain(credentials, line);
        } catch (MalformedRequestException e) {
            assertThat(expected).isNull();
        }
    }

    private static void encodesAgain(Credentials credentials, byte[] line) {
        String password = UTF_8.decode(credentials.password()).toString();
        if (UTF_8.encode(password).equals(credentials.password())) {
            ByteBuffer encoded =
                    RequestFormat.encode(credentials.user(), password, credentials.service(), line.length + 1);
            assertThat(latin1(encoded)).isEqualTo(latin1(ByteBuffer.wrap(line)) + "\n");
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            RequestFormat.encode(credentials.user(), password, credentials.service(), line.length));
        }
    }

    @FuzzTest
    void encoderAcceptsExactlyWhatCanBeParsed(FuzzedDataProvider data) throws MalformedRequestException {
        String user = text(data);
        String password = text(data);
        String service = text(data);
        int limit = data.consumeInt(0, 4 * MAX_CHARS);
        ByteBuffer request = encoded(user, password, service, limit);
        assertThat(request != null).isEqualTo(canBeSent(user, password, service, limit));
        if (request != null) {
            assertThat(request.get(request.limit() - 1)).isEqualTo((byte) '\n');
            try (Credentials credentials = RequestFormat.parse(request.limit(request.limit() - 1))) {
                assertThat(credentials.user()).isEqualTo(user);
                assertThat(UTF_8.decode(credentials.password()).toString()).isEqualTo(password);
                assertThat(credentials.service()).isEqualTo(service);
            }
        }
    }

    /** Text, or any chars at all. */
    private static String text(FuzzedDataProvider data) {
        if (data.consumeBoolean()) {
            return data.consumeString(MAX_CHARS);
        }
        StringBuilder chars = new StringBuilder();
        for (short c : data.consumeShorts(MAX_CHARS)) {
            chars.append((char) c);
        }
        return chars.toString();
    }

    private static boolean canBeSent(String user, String password, String service, int limit) {
        String all = user + password + service;
        // Each field alone: half a pair of surrogates at the end of one, and half at the start of the next, are not a
        // pair.
        boolean text = Stream.of(user, password, service)
                .allMatch(field -> new String(field.getBytes(UTF_8), UTF_8).equals(field));
        return text
                && !user.isEmpty()
                && !service.isEmpty()
                && all.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0)
                && all.getBytes(UTF_8).length + 3 <= limit;
    }

    private static @Nullable ByteBuffer encoded(String user, String password, String service, int limit) {
        try {
            return RequestFormat.encode(user, password, service, limit);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static ProtocolModel.Fields fields(Credentials credentials) {
        return new ProtocolModel.Fields(
                latin1(UTF_8.encode(credentials.user())),
                latin1(credentials.password()),
                latin1(UTF_8.encode(credentials.service())));
    }

    private static String latin1(ByteBuffer bytes) {
        return ISO_8859_1.decode(bytes.duplicate()).toString();
    }
}
