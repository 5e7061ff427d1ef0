package org.x2go.authservice.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The test vectors that PROTOCOL.md describes. */
final class Vectors {
    private static final Path FILE = Path.of("../docs/protocol-vectors.tsv");

    private Vectors() {}

    /** A line of the file; its fields without the kind and the name. */
    record Vector(String name, List<byte[]> fields) {
        byte[] bytes(int field) {
            return fields.get(field);
        }

        /** A field as text, if it is text. */
        String text(int field) {
            try {
                return UTF_8.newDecoder()
                        .decode(ByteBuffer.wrap(fields.get(field)))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IllegalStateException("Field " + field + " of \"" + name + "\" is no text", e);
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** All of one kind; there is at least one. */
    static Stream<Vector> of(String kind) {
        List<Vector> found = new ArrayList<>();
        int names = kind.equals("account") ? 0 : 1;
        for (String line : lines()) {
            List<String> columns = List.of(line.split("\t", -1));
            if (columns.get(0).equals(kind)) {
                found.add(new Vector(
                        columns.get(names),
                        columns.stream().skip(1L + names).map(Vectors::unescape).toList()));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("There is no vector of kind " + kind);
        }
        return found.stream();
    }

    private static List<String> lines() {
        try (Stream<String> lines = Files.lines(FILE)) {
            return lines.filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] unescape(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                bytes.write(c);
                continue;
            }
            char escaped = text.charAt(++i);
            switch (escaped) {
                case 'r' -> bytes.write('\r');
                case 'n' -> bytes.write('\n');
                case 't' -> bytes.write('\t');
                case '\\' -> bytes.write('\\');
                case 'x' -> {
                    bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("\\" + escaped);
            }
        }
        return bytes.toByteArray();
    }
}
