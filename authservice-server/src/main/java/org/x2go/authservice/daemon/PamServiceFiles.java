package org.x2go.authservice.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;

/** The files of PAM's services, as far as they matter to whether a service may be asked for. */
final class PamServiceFiles {
    private static final String LETS_ROOT_IN = "pam_rootok.so";

    private final List<Path> directories;

    private PamServiceFiles(List<Path> directories) {
        this.directories = directories;
    }

    /** Those in one directory, or in the system's if none is given. */
    static PamServiceFiles in(Optional<Path> confdir) {
        return new PamServiceFiles(
                confdir.map(List::of).orElse(List.of(Path.of("/etc/pam.d"), Path.of("/usr/lib/pam.d"))));
    }

    /** What is questionable about the file of a service, for an admin; empty if nothing is, or there is none. */
    List<String> warnings(String service) {
        List<String> warnings = new ArrayList<>();
        try {
            Optional<Path> file = find(service);
            if (file.isPresent()) {
                check(service, file.get(), new HashSet<>(), warnings);
            }
        } catch (IOException e) {
            warnings.add("the file of PAM service " + service + " cannot be checked: " + Failures.textWithFile(e));
        }
        return warnings;
    }

    /** The file of a service, if it has one; an absolute path stands for itself. */
    Optional<Path> find(String service) {
        return directories.stream()
                .map(directory -> directory.resolve(service))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** Where files are looked for, in words. */
    String directoriesText() {
        return String.join(" or ", directories.stream().map(Path::toString).toList());
    }

    /** Looks at this file, and at those that it includes. */
    private void check(String service, Path file, Set<Path> seen, List<String> warnings) throws IOException {
        if (!seen.add(file)) {
            return;
        }
        List<List<String>> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            List<String> words = lines.get(i);
            String where = file + ", line " + (i + 1);
            if (words.stream().anyMatch(word -> word.equals(LETS_ROOT_IN) || word.endsWith("/" + LETS_ROOT_IN))) {
                warnings.add("PAM service " + service + " uses " + LETS_ROOT_IN + " (" + where
                        + "), and accepts any password when this program runs as root: do not allow that service, or"
                        + " take the line out");
            }
            Optional<String> name = included(words);
            Optional<Path> included = name.flatMap(this::find);
            if (included.isPresent()) {
                check(service, included.get(), seen, warnings);
            } else if (name.isPresent()) {
                warnings.add("PAM service " + service + " includes " + name.get() + " (" + where
                        + "), which does not exist: with that PAM gives no verdict; make the file, or take the line"
                        + " out");
            }
        }
    }

    /** The words of each line, without comments; what goes on in the next line counts for the first. */
    private static List<List<String>> lines(Path file) throws IOException {
        List<List<String>> lines = new ArrayList<>();
        boolean goesOn = false;
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            int comment = line.indexOf('#');
            String text = comment < 0 ? line : line.substring(0, comment);
            List<String> words = new ArrayList<>();
            StringTokenizer tokens =
                    new StringTokenizer(text.endsWith("\\") ? text.substring(0, text.length() - 1) : text);
            while (tokens.hasMoreTokens()) {
                words.add(tokens.nextToken());
            }
            if (goesOn) {
                lines.get(lines.size() - 1).addAll(words);
                words = new ArrayList<>();
            }
            lines.add(words);
            goesOn = text.endsWith("\\");
        }
        return lines;
    }

    private static Optional<String> included(List<String> words) {
        if (words.size() >= 2 && words.get(0).equals("@include")) {
            return Optional.of(words.get(1));
        }
        boolean includes = words.size() >= 3
                && (words.get(1).equals("include") || words.get(1).equals("substack"));
        return includes ? Optional.of(words.get(2)) : Optional.empty();
    }
}
