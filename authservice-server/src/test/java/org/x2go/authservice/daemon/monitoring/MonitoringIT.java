package org.x2go.authservice.daemon.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.Requirements;

/** The alert rules and the dashboard that are shipped: what they name exists, and the rules fire when they should. */
class MonitoringIT {
    private static final Path DIRECTORY =
            Path.of("../dist/monitoring").toAbsolutePath().normalize();
    private static final String RULES = "authservice.rules.yml";
    private static final String DASHBOARD = "grafana-dashboard.json";

    private static Set<String> namesIn(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> series() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new MetricsFormat("1").write(MetricsFileTest.statistics(), out);
        return namesIn(out.toString(StandardCharsets.UTF_8), "(?m)^authservice_\\w+");
    }

    @ParameterizedTest
    @ValueSource(strings = {RULES, DASHBOARD, "authservice.rules.test.yml"})
    void everyNamedSeriesExists(String file) throws IOException {
        Set<String> named = namesIn(Files.readString(DIRECTORY.resolve(file)), "\\bauthservice_\\w+");

        assertThat(named).isNotEmpty();
        assertThat(series()).containsAll(named);
    }

    @Test
    void dashboardShowsEverySeries() throws IOException {
        String dashboard = Files.readString(DIRECTORY.resolve(DASHBOARD));

        assertThat(series())
                .filteredOn(name -> !name.matches(".*_(sum|count)"))
                .allSatisfy(name -> assertThat(dashboard).contains(name));
    }

    @Test
    void rulesAreValidAndFireAsTested() throws Exception {
        String promtool = Requirements.program("promtool").toString();
        for (List<String> command : List.of(
                List.of(promtool, "check", "rules", RULES),
                List.of(promtool, "test", "rules", "authservice.rules.test.yml"))) {
            Process process = new ProcessBuilder(command)
                    .directory(DIRECTORY.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
        }
    }

    @Test
    void everyRuleIsTested() throws IOException {
        Set<String> rules = namesIn(Files.readString(DIRECTORY.resolve(RULES)), "(?<=alert: )\\w+");

        assertThat(namesIn(Files.readString(DIRECTORY.resolve("authservice.rules.test.yml")), "(?<=alertname: )\\w+"))
                .isEqualTo(rules);
    }
}
