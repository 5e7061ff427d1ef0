package org.x2go.authservice.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sources of settings besides the command line: the environment, then the file shared with the broker, in its
 * sections [authservice] and then [common].
 */
final class SettingSources {
    /** The prefix of this program's settings. */
    static final String PREFIX = "X2GOBROKER_AUTHSERVICE_";

    private static final String OWN_SECTION = "authservice";
    private static final String COMMON_SECTION = "common";

    /** Settings of the launcher, the PAM workers and the broker's other programs. */
    private static final Set<String> OTHERS = Set.of(
            PREFIX + "OPTIONS",
            PREFIX + "WORKER_OPTIONS",
            PREFIX + "JAVA_OPTIONS",
            PREFIX + "DENIED_MODULES",
            SettingsReader.DAEMON_USER,
            "X2GOBROKER_DAEMON_GROUP");

    private final Map<String, String> environment;
    private final Path path;
    private final @Nullable IniFile file;
    private final List<String> warnings = new ArrayList<>();

    /**
     * A value that was found.
     *
     * @param text the value; an empty one counts as not set
     * @param origin where it was found, for messages
     */
    record Found(String text, String origin) {}

    private SettingSources(Map<String, String> environment, Path path, @Nullable IniFile file) {
        this.environment = environment;
        this.path = path;
        this.file = file;
    }

    /** No sources besides the command line. */
    static SettingSources none() {
        return new SettingSources(Map.of(), Path.of(SettingsReader.DEFAULTS_CONF_PATH), null);
    }

    /**
     * Reads the file, if it exists and may be read.
     *
     * @throws IOException if it is not an INI file; the message names it and the line
     */
    static SettingSources open(Map<String, String> environment, Path path) throws IOException {
        boolean regular = Files.isRegularFile(path);
        IniFile file = regular && Files.isReadable(path) ? IniFile.read(path) : null;
        SettingSources sources = new SettingSources(environment, path, file);
        if (file == null && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            sources.warnings.add(
                    path + " is ignored: " + (regular ? "this user may not read it" : "it is not a regular file"));
        }
        return sources;
    }

    /** Warnings about the sources. */
    List<String> warnings() {
        return warnings;
    }

    /** The environment variables, all of them. */
    Map<String, String> environment() {
        return environment;
    }

    /** The value of a setting, if it is set. */
    Optional<Found> find(String name) {
        String set = environment.get(name);
        if (set != null) {
            return Optional.of(new Found(set.strip(), "environment, " + name));
        }
        return file == null
                ? Optional.empty()
                : file.get(name, OWN_SECTION, COMMON_SECTION).map(text -> new Found(text, path + ", " + name));
    }

    /** The names with this program's prefix that are set but not known, most likely misspelled. */
    Set<String> unknown(Collection<String> known) {
        Set<String> unknown = new TreeSet<>();
        environment.keySet().stream().filter(name -> name.startsWith(PREFIX)).forEach(unknown::add);
        if (file != null) {
            unknown.addAll(file.keys(OWN_SECTION));
            file.keys(COMMON_SECTION).stream()
                    .filter(name -> name.startsWith(PREFIX))
                    .forEach(unknown::add);
        }
        unknown.removeAll(known);
        unknown.removeAll(OTHERS);
        return unknown;
    }
}
