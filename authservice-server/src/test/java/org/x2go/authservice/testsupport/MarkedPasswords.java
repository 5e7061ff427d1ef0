package org.x2go.authservice.testsupport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Passwords that are recognized wherever they are. Each is made of one marker over and over, sixteen bytes that begin with a
 * tag common to all and go on with what only this password has; so one is found too by a piece of it, and if what manages
 * free memory has written over its beginning. All of it is random.
 */
public final class MarkedPasswords {
    /** What a password's bytes are. */
    public enum Kind {
        /** Letters of ASCII. */
        ASCII,
        /** Characters that are two bytes in UTF-8, and not in Latin-1, and then letters of ASCII. */
        UTF8,
        /** No text in UTF-8. */
        RAW
    }

    /** A password that was found, and where and how. */
    public record Found(String id, String purpose, String form, String mapping) {}

    /** A tag as it may be found; its characters stand for bytes. */
    private record Form(String name, String tag, int bytesPerIdCharacter) {
        Form(String name, byte[] tag, int bytesPerIdCharacter) {
            this(name, new String(tag, ISO_8859_1), bytesPerIdCharacter);
        }

        byte[] bytes() {
            return tag.getBytes(ISO_8859_1);
        }
    }

    private static final int ID_LENGTH = 8;
    private static final int TAG_LENGTH = 8;
    private static final int WINDOW = 2 * (TAG_LENGTH + ID_LENGTH);

    private final Random random = new SecureRandom();

    /** Characters stand for bytes. */
    private final Map<Kind, String> tags = Map.of(
            Kind.ASCII, letters(TAG_LENGTH), Kind.UTF8, twoByteCharacters(), Kind.RAW, "\u00ff\u00fe" + rawBytes());

    private final Map<String, String> purposes = new ConcurrentHashMap<>();

    /** Where all passwords made so far are found in a process and its descendants. */
    public List<Found> in(ProcessHandle process) throws IOException {
        List<Found> found = new ArrayList<>(in(process.pid()));
        for (ProcessHandle child : process.descendants().toList()) {
            found.addAll(in(child.pid()));
        }
        return found;
    }

    private List<Found> in(long pid) throws IOException {
        List<Form> forms = forms();
        List<Found> found = new ArrayList<>();
        ProcessMemory.of(pid)
                .search(
                        forms.stream().map(Form::bytes).toList(),
                        (byte) 0,
                        WINDOW,
                        (form, mapping, memory) -> found.add(found(forms.get(form), pid + ": " + mapping, memory)));
        return found;
    }

    /** Where they are found in what was written to a log. */
    public List<Found> in(String name, byte[] bytes) {
        List<Found> found = new ArrayList<>();
        for (Form form : forms()) {
            String tag = form.tag();
            String text = new String(bytes, ISO_8859_1);
            for (int at = text.indexOf(tag); at >= 0; at = text.indexOf(tag, at + 1)) {
                found.add(found(form, name, ByteBuffer.wrap(bytes, at, bytes.length - at)));
            }
        }
        return found;
    }

    private Found found(Form form, String where, ByteBuffer memory) {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < ID_LENGTH; i++) {
            int at = memory.position() + form.tag().length() + i * form.bytesPerIdCharacter();
            id.append(at < memory.limit() ? (char) (memory.get(at) & 0xff) : '?');
        }
        String purpose = purposes.getOrDefault(id.toString(), "a piece");
        return new Found(id.toString(), purpose, form.name(), where);
    }

    /** A password whose bytes its characters stand for, with as much behind the last whole marker as its length asks for. */
    public String next(Kind kind, int length, String purpose) {
        String id = letters(ID_LENGTH);
        purposes.put(id, purpose);
        String marker = tags.get(kind) + id;
        return marker.repeat(length / marker.length())
                + "abcdefghijklmnopqrstuvwxyz".substring(0, length % marker.length());
    }

    /** What tells one password from the others. */
    public static String id(String password) {
        return password.substring(TAG_LENGTH, TAG_LENGTH + ID_LENGTH);
    }

    /** The tags as they are sent, and as Java holds them when it has made characters of the bytes, rightly or wrongly. */
    private List<Form> forms() {
        List<Form> forms = new ArrayList<>();
        for (Map.Entry<Kind, String> tag : tags.entrySet()) {
            String kind = tag.getKey().name();
            byte[] bytes = tag.getValue().getBytes(ISO_8859_1);
            forms.add(new Form(kind, bytes, 1));
            forms.add(new Form(kind + ", a char for each byte", tag.getValue().getBytes(UTF_16LE), 2));
            if (tag.getKey() == Kind.UTF8) {
                forms.add(new Form(kind + ", in UTF-16", new String(bytes, UTF_8).getBytes(UTF_16LE), 2));
            }
            if (tag.getKey() != Kind.ASCII) {
                forms.add(new Form(kind + ", in UTF-8 once more", tag.getValue().getBytes(UTF_8), 1));
            }
        }
        return forms;
    }

    /** Never an "a", so that a password of whole markers never ends with it, and one of a byte more always does. */
    private String letters(int length) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < length; i++) {
            letters.append((char) ('b' + random.nextInt(25)));
        }
        return letters.toString();
    }

    /** From many scripts, for words of a single one are in the JDK's own files. */
    private String twoByteCharacters() {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < TAG_LENGTH / 2; i++) {
            letters.append((char) (0x100 + random.nextInt(0x700)));
        }
        return new String(letters.toString().getBytes(UTF_8), ISO_8859_1);
    }

    private String rawBytes() {
        StringBuilder bytes = new StringBuilder();
        for (int i = 2; i < TAG_LENGTH; i++) {
            bytes.append((char) (0x80 + random.nextInt(0x80)));
        }
        return bytes.toString();
    }
}
