package org.x2go.authservice.daemon.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An INI file, read in the same way as the broker's programs read the shared file:
 *
 * <ul>
 *   <li>names of sections and keys are case-sensitive; the section DEFAULT applies to all others;
 *   <li>a key ends at the first {@code =} or {@code :}; white space around the value does not count, quotes do;
 *   <li>a line that starts with {@code #} or {@code ;} is a comment; later in a line neither starts one;
 *   <li>a line that is indented more than its key's line continues the value;
 *   <li>a section or a key given twice is an error, as is a line that is none of these.
 * </ul>
 */
final class IniFile {
    private static final String DEFAULTS = "DEFAULT";
    private static final Pattern SECTION = Pattern.compile("(?s)\\[(.+)\\].*");
    private static final Pattern PAIR = Pattern.compile("(?s)([^=:]+)[=:](.*)");

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
        Map<String, StringBuilder> defaults = sections.getOrDefault(DEFAULTS, Map.of());
        return Stream.of(sectionNames)
                .map(sections::get)
                .filter(Objects::nonNull)
                .map(keys -> keys.getOrDefault(key, defaults.get(key)))
                .filter(Objects::nonNull)
                .findFirst()
                .map(found -> found.toString().stripTrailing());
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
        int lineIndent = line.indexOf(text);
        if (value != null && (text.isEmpty() || lineIndent > indent)) {
            value.append('\n').append(text);
            return;
        }
        if (text.isEmpty()) {
            return;
        }
        indent = lineIndent;
        Matcher header = SECTION.matcher(text);
        Matcher pair = PAIR.matcher(text);
        if (header.matches()) {
            startSection(header.group(1), number);
        } else if (section == null) {
            throw broken(number, "this line is before the first [section]");
        } else if (pair.matches()) {
            String key = pair.group(1).stripTrailing();
            value = new StringBuilder(pair.group(2).strip());
            if (section.put(key, value) != null) {
                throw broken(number, "duplicate key " + key + " in its section");
            }
        } else {
            throw broken(number, "this line is neither a comment, nor a [section], nor of the form KEY=VALUE");
        }
    }

    private void startSection(String name, int number) throws IOException {
        if (sections.containsKey(name) && !name.equals(DEFAULTS)) {
            throw broken(number, "duplicate section [" + name + "]");
        }
        section = sections.computeIfAbsent(name, missing -> new HashMap<>());
        value = null;
    }

    private IOException broken(int number, String what) {
        return new IOException(path + ", line " + number + ": " + what);
    }
}
