package org.x2go.authservice.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Parts of pages are made from the options. Where one differs, the test fails; run with {@code
 * -Dauthservice.pages.update=true} it writes them.
 */
class OptionPagesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int LINE_LENGTH = 78;

    private final Map<String, List<OptionSpec>> groups = new CommandLineParser(SettingSources.none()).groups();

    @Test
    void manPageHasTheGeneratedOptions() throws IOException {
        holdsOrWrites(
                ROOT.resolve("dist/man/x2gobroker-authservice.8"),
                ".\\\" Made from the options.\n",
                ".\\\" The options end here.\n",
                groups.entrySet().stream().map(OptionPagesTest::manGroup).collect(Collectors.joining(".Pp\n")));
    }

    @Test
    void configurationPageHasTheGeneratedSettings() throws IOException {
        holdsOrWrites(
                ROOT.resolve("docs/CONFIGURATION.md"),
                "<!-- made from the options -->\n",
                "<!-- the options end here -->\n",
                groups.entrySet().stream().map(OptionPagesTest::table).collect(Collectors.joining("\n")));
    }

    private static void holdsOrWrites(Path file, String begin, String end, String expected) throws IOException {
        String page = Files.readString(file);
        int from = page.indexOf(begin) + begin.length();
        int to = page.indexOf(end);
        assertThat(from).as("%s has a part made from the options", file).isBetween(begin.length(), to);
        if (Boolean.getBoolean("authservice.pages.update")) {
            Files.writeString(file, page.substring(0, from) + expected + page.substring(to));
        } else {
            assertThat(page.substring(from, to))
                    .as("%s as the options are; -Dauthservice.pages.update=true writes it", file)
                    .isEqualTo(expected);
        }
    }

    private static String description(OptionSpec option) {
        return String.join(" ", option.description())
                .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValueString()));
    }

    private static String manGroup(Map.Entry<String, List<OptionSpec>> group) {
        return group.getKey() + ":\n.Bl -tag -width Ds\n"
                + group.getValue().stream().map(OptionPagesTest::manOption).collect(Collectors.joining())
                + ".El\n";
    }

    private static String manOption(OptionSpec option) {
        String argument = option.typeInfo().isBoolean() ? "" : " Ar " + option.paramLabel();
        return Stream.of(option.names())
                        .sorted(Comparator.comparingInt(String::length))
                        .map(name -> "Fl " + name.substring(1) + argument)
                        .collect(Collectors.joining(" , ", ".It ", "\n"))
                + wrapped(description(option));
    }

    /** A sentence begins on a line of its own, as mdoc(7) asks for. */
    private static String wrapped(String text) {
        StringBuilder lines = new StringBuilder();
        int length = 0;
        for (String word : text.split(" ", -1)) {
            if (length > 0
                    && (length + 1 + word.length() > LINE_LENGTH
                            || lines.toString().matches("(?s).*[^.][.]"))) {
                lines.append('\n');
                length = 0;
            }
            if (length > 0) {
                lines.append(' ');
                length++;
            }
            lines.append(word);
            length += word.length();
        }
        return lines + (text.endsWith(".") ? "\n" : ".\n");
    }

    private static String table(Map.Entry<String, List<OptionSpec>> group) {
        return "### " + group.getKey() + "\n\n| option | setting | what it is |\n|---|---|---|\n"
                + group.getValue().stream().map(OptionPagesTest::row).collect(Collectors.joining());
    }

    private static String row(OptionSpec option) {
        String setting = CommandLineParser.settingName(option);
        String argument = option.typeInfo().isBoolean() ? "" : " " + option.paramLabel();
        return Stream.of(option.names())
                        .sorted(Comparator.comparingInt(String::length))
                        .collect(Collectors.joining("`, `", "| `", argument + "` | "))
                + (setting == null ? "" : "`" + setting + "`") + " | " + description(option) + " |\n";
    }
}
