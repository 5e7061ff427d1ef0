package org.x2go.authservice.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.x2go.authservice.protocol.MalformedRequestException.Reason;

/**
 * The form of a request on the wire: {@code <user>\r<password>\r<service>\n}.
 *
 * <p>User and service are UTF-8 and not empty. The password is any bytes, none at all included. No field holds a carriage
 * return, a newline or a NUL: the first two would end the field, the third would end a C string early, so that PAM would
 * check something other than what was asked. {@link #parse} and {@link #encode} follow the same rules.
 */
public final class RequestFormat {
    /** Ends the user and the password. */
    public static final byte SEPARATOR = '\r';

    /** Ends a request, and a reply. */
    public static final byte TERMINATOR = '\n';

    /** The default limit on a request's bytes, its newline included. */
    public static final int DEFAULT_MAX_REQUEST_BYTES = 4096;

    /** In UTF-8; a character of four bytes is two chars. */
    private static final long MAX_BYTES_PER_CHAR = 3;

    /** Two separators and the terminator. */
    private static final int CONTROL_BYTES = 3;

    private RequestFormat() {}

    /**
     * Parses one request. The password is copied to memory outside the heap.
     *
     * @param line the request without its newline, from position to limit; it is left as it is, and the caller wipes it
     * @return the credentials, which the caller must close
     * @throws MalformedRequestException if the line is not a request
     */
    public static Credentials parse(ByteBuffer line) throws MalformedRequestException {
        int first = -1;
        int second = -1;
        for (int i = line.position(); i < line.limit(); i++) {
            byte b = line.get(i);
            if (b == SEPARATOR) {
                if (second >= 0) {
                    throw new MalformedRequestException(Reason.NOT_THREE_FIELDS);
                }
                if (first < 0) {
                    first = i;
                } else {
                    second = i;
                }
            } else if (b == TERMINATOR) {
                throw new MalformedRequestException(Reason.NOT_ONE_LINE);
            } else if (b == 0) {
                throw new MalformedRequestException(Reason.NUL);
            }
        }
        if (second < 0) {
            throw new MalformedRequestException(Reason.NOT_THREE_FIELDS);
        }
        if (first == line.position()) {
            throw new MalformedRequestException(Reason.EMPTY_USER);
        }
        if (second + 1 == line.limit()) {
            throw new MalformedRequestException(Reason.EMPTY_SERVICE);
        }
        String user = name(line, line.position(), first);
        String service = name(line, second + 1, line.limit());
        return Credentials.copyOf(user, range(line, first + 1, second), service);
    }

    private static String name(ByteBuffer line, int from, int to) throws MalformedRequestException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(range(line, from, to))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedRequestException(Reason.NOT_UTF8);
        }
    }

    private static ByteBuffer range(ByteBuffer line, int from, int to) {
        return line.duplicate().limit(to).position(from);
    }

    /**
     * Encodes one request, its newline included.
     *
     * @param user the user's name
     * @param password the password, sent as UTF-8; left as it is
     * @param service the PAM service's name
     * @param maxRequestBytes the longest request that is accepted, in bytes, its newline included
     * @return a new buffer outside the heap, ready to be sent; the caller wipes it by {@link Wipe#wipe}
     * @throws IllegalArgumentException if a field holds a carriage return, a newline, a NUL or half a surrogate pair, if user
     *     or service is empty, or if the request would be too long; the message never holds a field's content
     */
    public static ByteBuffer encode(String user, CharSequence password, String service, int maxRequestBytes) {
        if (user.isEmpty()) {
            throw new IllegalArgumentException("The user is empty");
        }
        if (service.isEmpty()) {
            throw new IllegalArgumentException("The service is empty");
        }
        long chars = (long) user.length() + password.length() + service.length();
        int capacity = (int) Math.min(maxRequestBytes, MAX_BYTES_PER_CHAR * chars + CONTROL_BYTES);
        ByteBuffer request = ByteBuffer.allocateDirect(capacity);
        boolean complete = false;
        try {
            putField(request, "user", user, SEPARATOR);
            putField(request, "password", password, SEPARATOR);
            putField(request, "service", service, TERMINATOR);
            complete = true;
            return request.flip();
        } finally {
            if (!complete) {
                Wipe.wipe(request);
            }
        }
    }

    private static void putField(ByteBuffer request, String name, CharSequence value, byte end) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == SEPARATOR || c == TERMINATOR || c == 0) {
                throw new IllegalArgumentException(
                        "The " + name + " holds a carriage return, a newline or a NUL, which a request cannot carry");
            }
        }
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
        CoderResult result = encoder.encode(CharBuffer.wrap(value), request, true);
        if (result.isUnderflow()) {
            result = encoder.flush(request);
        }
        if (result.isError()) {
            throw new IllegalArgumentException("The " + name + " holds half a surrogate pair, which is no character");
        }
        if (result.isOverflow() || !request.hasRemaining()) {
            // The buffer is smaller than the limit only if any text of this length fits.
            throw new IllegalArgumentException("The request would be longer than " + request.capacity() + " bytes");
        }
        request.put(end);
    }
}
