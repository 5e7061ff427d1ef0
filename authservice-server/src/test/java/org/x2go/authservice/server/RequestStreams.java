package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes up what peers send: right requests, nearly right ones and hostile ones, in whole and in pieces. */
final class RequestStreams {
    /** The limit that these streams try: short, so that lines meet it often. */
    static final int MAX_REQUEST_BYTES = 64;

    static final Set<String> ALLOWED_SERVICES = Set.of("x2gobroker", "login");

    /** Fills a request up to the limit. */
    private static final String LONGEST_PASSWORD = "p".repeat(MAX_REQUEST_BYTES - "alice\r\rlogin\n".length());

    static final Accounts ACCOUNTS = new Accounts(
            "alice\rsecret\rx2gobroker",
            "alice\r" + LONGEST_PASSWORD + "\rlogin",
            "bob\r\rx2gobroker",
            "jürgen\rgröße€😀\rlogin");

    private static final List<String> USERS =
            List.of("alice", "bob", "jürgen", "Alice", "alice ", "al", "root", "😀", "x".repeat(60));
    private static final List<String> PASSWORDS = List.of(
            "secret", "", "größe€😀", LONGEST_PASSWORD, LONGEST_PASSWORD + "p", "secre", "secret2", "Secret", "\t");
    private static final List<String> SERVICES =
            List.of("x2gobroker", "login", "su", "X2GOBROKER", "../pam.d/login", "/login", "other", "login ", "logi");
    private static final List<String> NO_NAMES = List.of(
            "",
            "\0",
            "alice\0",
            "\u00ff",
            "\u00c0\u00af",
            "\u00ed\u00a0\u0080",
            "\u00f4\u0090\u0080\u0080",
            "\u00e2\u0082",
            "\u0080");

    private final Random random;

    RequestStreams(Random random) {
        this.random = random;
    }

    static ProtocolModel model() {
        return new ProtocolModel(MAX_REQUEST_BYTES, ALLOWED_SERVICES, ACCOUNTS);
    }

    /** All that one peer sends. */
    byte[] stream() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        int lines = random.nextInt(20);
        for (int i = 0; i < lines; i++) {
            stream.writeBytes(line());
            if (i < lines - 1 || random.nextInt(4) > 0) {
                stream.write('\n');
            }
        }
        byte[] bytes = stream.toByteArray();
        return random.nextInt(4) == 0 ? damaged(bytes) : bytes;
    }

    private byte[] line() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 ->
                utf8(choice(List.of(
                        "alice\rsecret\rx2gobroker",
                        "alice\r" + LONGEST_PASSWORD + "\rlogin",
                        "bob\r\rx2gobroker",
                        "jürgen\rgröße€😀\rlogin")));
            case 3, 4, 5, 6 -> utf8(choice(USERS) + "\r" + choice(PASSWORDS) + "\r" + choice(SERVICES));
            case 7 -> joined(utf8(choice(USERS)), random(random.nextInt(20)), utf8(choice(SERVICES)));
            case 8 -> joined(choice(NO_NAMES).getBytes(ISO_8859_1), utf8("secret"), utf8("login"));
            case 9 -> joined(utf8("alice"), utf8("secret"), choice(NO_NAMES).getBytes(ISO_8859_1));
            case 10 -> filled(MAX_REQUEST_BYTES * random.nextInt(4) + random.nextInt(7) - 3);
            default -> random(random.nextInt(30));
        };
    }

    /** A line of this length, perhaps with three fields. */
    private byte[] filled(int length) {
        byte[] line = new byte[Math.max(0, length)];
        Arrays.fill(line, (byte) 'a');
        for (int i = 0; i < random.nextInt(3) && line.length > 0; i++) {
            line[random.nextInt(line.length)] = '\r';
        }
        return line;
    }

    /** Any bytes, those that mean something more often than others. */
    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            if (random.nextInt(4) == 0) {
                bytes[i] = (byte) "\r\r\r\n\0a".charAt(random.nextInt(6));
            }
        }
        return bytes;
    }

    private byte[] damaged(byte[] bytes) {
        byte[] damaged = bytes.clone();
        for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
            damaged[random.nextInt(damaged.length)] = random(1)[0];
        }
        return Arrays.copyOf(damaged, damaged.length - random.nextInt(Math.min(3, damaged.length + 1)));
    }

    /** The same bytes, as they may arrive: none of the pieces is empty, nor longer than what is read at once. */
    List<byte[]> pieces(byte[] stream) {
        int usual = 1 + random.nextInt(MAX_REQUEST_BYTES);
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < stream.length; ) {
            int length = random.nextInt(8) == 0 ? MAX_REQUEST_BYTES : 1 + random.nextInt(usual);
            int to = Math.min(stream.length, from + length);
            pieces.add(Arrays.copyOfRange(stream, from, to));
            from = to;
        }
        return pieces;
    }

    private String choice(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[] user, byte[] password, byte[] service) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(user);
        line.write('\r');
        line.writeBytes(password);
        line.write('\r');
        line.writeBytes(service);
        return line.toByteArray();
    }
}
