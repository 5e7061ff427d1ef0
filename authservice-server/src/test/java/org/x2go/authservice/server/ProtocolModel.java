package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model of the protocol that computes the replies from all the bytes of a peer at once. It is written from the
 * protocol's description, and shares no code with the server.
 */
final class ProtocolModel {
    /** A request's fields, one char for each byte. */
    record Fields(String user, String password, String service) {}

    private final int maxRequestBytes;
    private final Set<String> allowedServices;
    private final Accounts accounts;

    ProtocolModel(int maxRequestBytes, Set<String> allowedServices, Accounts accounts) {
        this.maxRequestBytes = maxRequestBytes;
        this.allowedServices = allowedServices;
        this.accounts = accounts;
    }

    /** The words that answer this, in their order, if the peer then ends its input. */
    List<String> repliesTo(byte[] sent) {
        List<String> replies = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < sent.length; i++) {
            if (sent[i] == '\n') {
                boolean tooLong = i + 1 - begin > maxRequestBytes;
                replies.add(tooLong ? "bad" : replyTo(Arrays.copyOfRange(sent, begin, i)));
                begin = i + 1;
            }
        }
        if (begin < sent.length) {
            replies.add("bad");
        }
        return replies;
    }

    private String replyTo(byte[] line) {
        Fields fields = fieldsOf(line);
        if (fields == null) {
            return "bad";
        }
        if (!allowedServices.contains(fields.service())) {
            return "fail";
        }
        return accounts.accept(fields.user(), fields.password(), fields.service()) ? "ok" : "fail";
    }

    /** The fields of a line without its newline, or null if it is no request. */
    static @Nullable Fields fieldsOf(byte[] line) {
        List<byte[]> fields = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i <= line.length; i++) {
            if (i == line.length || line[i] == '\r') {
                fields.add(Arrays.copyOfRange(line, begin, i));
                begin = i + 1;
            } else if (line[i] == 0 || line[i] == '\n') {
                return null;
            }
        }
        if (fields.size() != 3 || !isName(fields.get(0)) || !isName(fields.get(2))) {
            return null;
        }
        return new Fields(latin1(fields.get(0)), latin1(fields.get(1)), latin1(fields.get(2)));
    }

    private static String latin1(byte[] field) {
        return new String(field, ISO_8859_1);
    }

    private static boolean isName(byte[] field) {
        return field.length > 0 && isUtf8(field);
    }

    /** Whether these bytes are well-formed UTF-8 (RFC 3629, section 3). */
    static boolean isUtf8(byte[] bytes) {
        int i = 0;
        while (i < bytes.length) {
            int lead = bytes[i] & 0xff;
            int following =
                    lead < 0x80 ? 0 : lead >> 5 == 0b110 ? 1 : lead >> 4 == 0b1110 ? 2 : lead >> 3 == 0b11110 ? 3 : -1;
            if (following < 0 || bytes.length - i <= following) {
                return false;
            }
            int code = following == 0 ? lead : lead & (0x3f >> following);
            for (int k = 1; k <= following; k++) {
                if ((bytes[i + k] & 0xc0) != 0x80) {
                    return false;
                }
                code = code << 6 | (bytes[i + k] & 0x3f);
            }
            int least = new int[] {0, 0x80, 0x800, 0x10000}[following];
            boolean surrogate = code >= 0xd800 && code <= 0xdfff;
            if (code < least || code > 0x10ffff || surrogate) {
                return false;
            }
            i += following + 1;
        }
        return true;
    }
}
