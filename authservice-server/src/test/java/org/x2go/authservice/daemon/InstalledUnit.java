package org.x2go.authservice.daemon;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One of the units in dist/systemd, with drop-ins behind it, as systemd puts them together (systemd.syntax(7)). */
public record InstalledUnit(String text) {
    public static final String SERVICE = "x2gobroker-authservice.service";
    public static final String WORKER = "x2gobroker-authservice-worker@.service";

    private static final Path UNITS =
            Path.of("../dist/systemd").toAbsolutePath().normalize();

    /** A unit and, for each name, the drop-in for it. */
    public static InstalledUnit of(String unit, String... dropins) throws IOException {
        StringBuilder text = new StringBuilder(Files.readString(UNITS.resolve(unit)));
        for (String name : dropins) {
            text.append(Files.readString(dropin(name)));
        }
        return new InstalledUnit(text.toString());
    }

    /** Finds a drop-in by its name, in the directory of either unit: tests combine them freely. */
    private static Path dropin(String name) throws IOException {
        for (String unit : List.of(WORKER, SERVICE)) {
            Path file = UNITS.resolve("dropins/" + unit + ".d/" + name + ".conf");
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new FileNotFoundException(name + ".conf");
    }

    /** The value of a list setting: an empty line clears it, and values after a tilde are removed. */
    public Set<String> list(String setting) {
        return list(setting, Set::of);
    }

    /** The same, where a name may stand for several. */
    public Set<String> list(String setting, Function<String, Set<String>> expansion) {
        Set<String> list = new LinkedHashSet<>();
        Matcher line = Pattern.compile("(?m)^" + setting + "=(~?)(.*)$").matcher(text);
        while (line.find()) {
            if (line.group(2).isEmpty()) {
                list.clear();
                continue;
            }
            for (String name : List.of(line.group(2).split(" +", -1))) {
                if (line.group(1).isEmpty()) {
                    list.addAll(expansion.apply(name));
                } else {
                    list.removeAll(expansion.apply(name));
                }
            }
        }
        return list;
    }

    /** The last value of a setting. */
    public String value(String setting) {
        Matcher line = Pattern.compile("(?m)^" + setting + "=(.*)$").matcher(text);
        String last = "";
        while (line.find()) {
            last = line.group(1);
        }
        return last;
    }
}
