package org.x2go.authservice.client.cli.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.protocol.RequestFormat;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.protocol.Wipe;

/** The form of requests and answers. */
public enum Protocol {
    /** The protocol of this service and of X2Go's Python service. */
    AUTHSERVICE {
        @Override
        ByteBuffer encode(String user, CharSequence password, String service) {
            return RequestFormat.encode(user, password, service, RequestFormat.DEFAULT_MAX_REQUEST_BYTES);
        }

        @Override
        @Nullable
        Outcome parse(ByteBuffer answer) {
            int end = answer.position() - 1;
            if (end < 0 || answer.get(end) != RequestFormat.TERMINATOR) {
                return answer.hasRemaining() ? null : Outcome.NOT_AN_ANSWER;
            }
            return Verdict.ofWord(text(answer, 0, end))
                    .map(verdict -> Outcome.valueOf(verdict.name()))
                    .orElse(Outcome.NOT_AN_ANSWER);
        }

        @Override
        public boolean allowsKeptConnections() {
            return true;
        }
    },

    /**
     * The protocol of Cyrus SASL's saslauthd on its socket {@code mux}. User, password, service and realm follow their lengths
     * in two bytes each; so does the answer, which starts with {@code OK} or {@code NO}. One request per connection.
     */
    SASLAUTHD {
        @Override
        ByteBuffer encode(String user, CharSequence password, String service) {
            ByteBuffer request = ByteBuffer.allocateDirect(RequestFormat.DEFAULT_MAX_REQUEST_BYTES);
            put(request, user);
            put(request, password);
            put(request, service);
            put(request, "");
            return request.flip();
        }

        @Override
        @Nullable
        Outcome parse(ByteBuffer answer) {
            if (answer.position() < Short.BYTES) {
                return null;
            }
            int length = Short.toUnsignedInt(answer.getShort(0));
            int end = Math.min(Short.BYTES + length, answer.capacity());
            if (answer.position() < end) {
                return null;
            }
            return switch (text(answer, Short.BYTES, Math.min(end, Short.BYTES + 2))) {
                case "OK" -> Outcome.OK;
                case "NO" -> Outcome.FAIL;
                default -> Outcome.NOT_AN_ANSWER;
            };
        }

        @Override
        public boolean allowsKeptConnections() {
            return false;
        }
    };

    /** No answer is longer; of saslauthd's text only the start is read. */
    static final int ANSWER_BYTES = 64;

    /**
     * One request, outside the heap. The caller wipes it.
     *
     * @throws IllegalArgumentException if the fields cannot be sent; the message says why
     */
    abstract ByteBuffer encode(String user, CharSequence password, String service);

    /** Parses the bytes from 0 to the position; null if the answer is incomplete. */
    abstract @Nullable Outcome parse(ByteBuffer answer);

    /** Whether a connection may carry more than one request. */
    public abstract boolean allowsKeptConnections();

    /** The name as the option takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String text(ByteBuffer answer, int from, int to) {
        byte[] bytes = new byte[to - from];
        answer.get(from, bytes);
        return new String(bytes, US_ASCII);
    }

    private static void put(ByteBuffer request, CharSequence field) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(RequestFormat.DEFAULT_MAX_REQUEST_BYTES);
        try {
            boolean fits = UTF_8.newEncoder()
                    .encode(CharBuffer.wrap(field), bytes, true)
                    .isUnderflow();
            bytes.flip();
            if (!fits || request.remaining() < Short.BYTES + bytes.remaining()) {
                throw new IllegalArgumentException("The request would be longer than " + request.capacity() + " bytes");
            }
            request.putShort((short) bytes.remaining()).put(bytes);
        } finally {
            Wipe.wipe(bytes);
        }
    }
}
