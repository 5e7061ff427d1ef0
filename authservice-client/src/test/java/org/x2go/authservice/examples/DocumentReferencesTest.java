package org.x2go.authservice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What pages and files refer to is there: other pages, headings, tests. */
class DocumentReferencesTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    static Stream<Path> pages() throws IOException {
        return Stream.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("dist")).flatMap(DocumentReferencesTest::pagesIn);
    }

    private static Stream<Path> pagesIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadToFilesAndHeadings(Path page) throws IOException {
        for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
            if (link.group(1).matches("[a-z]+:.*")) {
                continue;
            }
            Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
            assertThat(target).as("%s in %s", link.group(), page).exists();
            if (link.group(2) != null) {
                assertThat(anchors(target)).as("headings of %s", target).contains(link.group(2));
            }
        }
    }

    @Test
    void readmeLinksEveryPage() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));

        assertThat(Stream.concat(pages(), Stream.of(ROOT.resolve("LICENSE")))
                        .map(page -> ROOT.relativize(page).toString())
                        .filter(page -> !page.equals("README.md")))
                .allMatch(page -> readme.contains("](" + page));
    }

    @Test
    void securityNamesTestsThatExist() throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(ROOT)) {
            sources = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .toList();
        }

        assertThat(TEST.matcher(Files.readString(ROOT.resolve("SECURITY.md"))).results())
                .isNotEmpty()
                .allSatisfy(test -> assertThat(sources).contains(test.group(1) + ".java"));
    }

    /** Jazzer finds inputs by the name of the test method, and says nothing of others. */
    @Test
    void fuzzInputsBelongToTests() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            assertThat(files.filter(DocumentReferencesTest::holdsFuzzInputs))
                    .isNotEmpty()
                    .allSatisfy(inputs ->
                            assertThat(fuzzTest(inputs)).content().contains("void " + inputs.getFileName() + "("));
        }
    }

    private static boolean holdsFuzzInputs(Path directory) {
        return Files.isDirectory(directory)
                && directory.getParent() != null
                && directory.getParent().toString().matches(".*/src/test/resources/.*FuzzTestInputs");
    }

    private static Path fuzzTest(Path inputs) {
        return Path.of(inputs.getParent()
                .toString()
                .replace("/src/test/resources/", "/src/test/java/")
                .replaceFirst("Inputs$", ".java"));
    }

    /** As GitHub makes them of headings. */
    private static List<String> anchors(Path page) throws IOException {
        return HEADING.matcher(Files.readString(page))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w -]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
