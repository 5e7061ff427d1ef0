package org.x2go.authservice.daemon.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An INI file, read as the broker's own programs read the file that they share with this one, so that both find the same
 * in it:
 *
 * <ul>
 *   <li>names of sections and of keys are case-sensitive; the section DEFAULT holds for every other one;
 *   <li>a key ends at the first {@code =} or {@code :}; white space around the value does not count, quotes do;
 *   <li>a line that starts with {@code #} or {@code ;} is a comment; later in a line neither starts one;
 *   <li>a line that is indented more than its key's goes on with the key's value;
 *   <li>a section or a key given twice is an error, as is a line that is none of these.
 * </ul>
 */
final class IniFile {
    private static final String DEFAULTS = "DEFAULT";

    private final Path path;
    private final Map<String, Map<String, StringBuilder>> sections = new HashMap<>();

    private @Nullable Map<String, StringBuilder> section;
    private @Nullable StringBuilder value;
    private int indent;

    private IniFile(Path path) {
        this.path = path;
    }

    /**
     * Reads a whole file.
     *
     * @throws IOException if it cannot be read or is not an INI file; the message names the file and the line
     */
    static IniFile read(Path path) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(path);
        } catch (CharacterCodingException e) {
            throw new IOException(path + " is not UTF-8 text", e);
        }
        IniFile file = new IniFile(path);
        for (int i = 0; i < lines.size(); i++) {
            file.readLine(lines.get(i), i + 1);
        }
        return file;
    }

    /** The value of a key in the first of these sections that has it. */
    Optional<String> get(String key, String... sectionNames) {
        for (String name : sectionNames) {
            Map<String, StringBuilder> keys = sections.get(name);
            if (keys == null) {
                continue;
            }
            StringBuilder found = keys.get(key);
            if (found == null) {
                found = sections.getOrDefault(DEFAULTS, Map.of()).get(key);
            }
            if (found != null) {
                return Optional.of(found.toString().stripTrailing());
            }
        }
        return Optional.empty();
    }

    /** The keys that a section itself has. */
    Set<String> keys(String section) {
        return sections.getOrDefault(section, Map.of()).keySet();
    }

    private void readLine(String line, int number) throws IOException {
        String text = line.strip();
        if (text.startsWith("#") || text.startsWith(";")) {
            return;
        }
        if (text.isEmpty()) {
            if (value != null) {
                value.append('\n');
            }
            return;
        }
        int lineIndent = line.indexOf(text);
        if (value != null && lineIndent > indent) {
            value.append('\n').append(text);
            return;
        }
        indent = lineIndent;
        int end = text.startsWith("[") ? text.lastIndexOf(']') : -1;
        if (end > 1) {
            startSection(text.substring(1, end), number);
        } else {
            readKey(text, number);
        }
    }

    private void startSection(String name, int number) throws IOException {
        if (sections.containsKey(name) && !name.equals(DEFAULTS)) {
            throw broken(number, "the section [" + name + "] is there twice");
        }
        section = sections.computeIfAbsent(name, missing -> new HashMap<>());
        value = null;
    }

    private void readKey(String text, int number) throws IOException {
        if (section == null) {
            throw broken(number, "this line stands before the first [section]");
        }
        int end = 0;
        while (end < text.length() && text.charAt(end) != '=' && text.charAt(end) != ':') {
            end++;
        }
        String key = text.substring(0, end).stripTrailing();
        if (end == text.length() || key.isEmpty()) {
            throw broken(number, "this line is neither a comment, nor a [section], nor of the form KEY=VALUE");
        }
        value = new StringBuilder(text.substring(end + 1).strip());
        if (section.put(key, value) != null) {
            throw broken(number, key + " is there twice in its section");
        }
    }

    private IOException broken(int number, String what) {
        return new IOException(path + ", line " + number + ": " + what);
    }
}
