package org.x2go.authservice.daemon.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.server.ServerStatistics;
import org.x2go.authservice.testsupport.SpecialFiles;
import org.x2go.authservice.worker.pool.PoolStatistics;

class MetricsFileTest {
    @TempDir
    private Path directory;

    private Path path;
    private MetricsFile file;

    @BeforeEach
    void name() {
        path = directory.resolve("authservice.prom");
        file = new MetricsFile(path, Duration.ofSeconds(15), "1.2.3");
    }

    static ServiceStatistics statistics() {
        List<Long> counts = new ArrayList<>(Collections.nCopies(ServerStatistics.Durations.BOUNDS.size() + 1, 0L));
        counts.set(0, 3L);
        counts.set(3, 2L);
        counts.set(counts.size() - 1, 1L);
        var broker = new ServerStatistics.OfService(
                Map.of(Verdict.OK, 5L, Verdict.ERROR, 1L),
                new ServerStatistics.Durations(counts, Duration.ofMillis(61_250)));
        return new ServiceStatistics(
                new ServerStatistics(
                        new ServerStatistics.Connections(12, 99, new ServerStatistics.Refused(6, 7)),
                        new ServerStatistics.Waiting(4, 1, 2),
                        new ServerStatistics.Workers(8, 3, 1),
                        new ServerStatistics.Rejected(10, 11),
                        Map.of("x2gobroker", broker)),
                Optional.of(new PoolStatistics(2, 20, new PoolStatistics.Lost(13, 5), PoolStatistics.Health.GOOD)));
    }

    @Test
    void fileHasEveryMetricInPrometheusTextFormat() throws IOException {
        file.report(statistics());

        assertThat(path)
                .content()
                .contains(
                        "# TYPE authservice_verdicts_total counter\n",
                        "authservice_verdicts_total{service=\"x2gobroker\",verdict=\"ok\"} 5.0\n",
                        "authservice_verdicts_total{service=\"x2gobroker\",verdict=\"fail\"} 0.0\n",
                        "authservice_verdicts_total{service=\"x2gobroker\",verdict=\"error\"} 1.0\n",
                        "# TYPE authservice_pam_duration_seconds histogram\n",
                        "authservice_pam_duration_seconds_bucket{service=\"x2gobroker\",le=\"0.001\"} 3\n",
                        "authservice_pam_duration_seconds_bucket{service=\"x2gobroker\",le=\"0.01\"} 5\n",
                        "authservice_pam_duration_seconds_bucket{service=\"x2gobroker\",le=\"60.0\"} 5\n",
                        "authservice_pam_duration_seconds_bucket{service=\"x2gobroker\",le=\"+Inf\"} 6\n",
                        "authservice_pam_duration_seconds_count{service=\"x2gobroker\"} 6\n",
                        "authservice_pam_duration_seconds_sum{service=\"x2gobroker\"} 61.25\n",
                        "authservice_malformed_requests_total 10.0\n",
                        "authservice_disallowed_requests_total 11.0\n",
                        "# TYPE authservice_connections gauge\n",
                        "authservice_connections 12.0\n",
                        "authservice_connections_accepted_total 99.0\n",
                        "authservice_connections_refused_total{reason=\"limit\"} 6.0\n",
                        "authservice_connections_refused_total{reason=\"peer\"} 7.0\n",
                        "authservice_queued_requests 4.0\n",
                        "authservice_requests_awaiting_turn 1.0\n",
                        "authservice_pending_delays 2.0\n",
                        "authservice_workers 8.0\n",
                        "authservice_workers_busy 3.0\n",
                        "authservice_workers_stuck 1.0\n",
                        "authservice_pam_processes 2.0\n",
                        "authservice_pam_processes_started_total 20.0\n",
                        "authservice_pam_processes_lost_total{reason=\"crashed\"} 13.0\n",
                        "authservice_pam_processes_lost_total{reason=\"killed\"} 5.0\n",
                        "authservice_pam_processes_healthy 1.0\n",
                        "authservice_build_info{version=\"1.2.3\"} 1\n")
                .endsWith("\n");
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void fileIsReplacedAtomicallyAndRemovedAtTheEnd() throws IOException {
        file.report(statistics());
        Path before = Files.createLink(directory.resolve("before"), path);
        String content = Files.readString(path);
        file.report(statistics());
        assertThat(Files.isSameFile(before, path)).isFalse();
        assertThat(before).hasContent(content);
        Files.delete(before);

        file.close();
        file.report(statistics());

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void fileOfAKilledServiceIsReplaced() throws IOException {
        file.report(statistics());
        MetricsFile next = new MetricsFile(path, Duration.ofSeconds(15), "1.2.4");
        next.report(statistics());
        assertThat(path).content().contains("1.2.4");
        file.close();
        assertThat(path).as("the other's file").exists();
        next.close();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void foreignFileIsRefusedAndStays() throws Exception {
        Path target = Files.writeString(directory.resolve("target"), "important");
        Path link = Files.createSymbolicLink(directory.resolve("link.prom"), target);
        Path pipe = SpecialFiles.pipe(directory.resolve("pipe.prom"));
        Path empty = Files.createFile(directory.resolve("empty.prom"));
        for (Path other : List.of(target, link, pipe, empty, Files.createDirectory(directory.resolve("d")))) {
            refusesAndLeaves(other);
        }
        assertThat(target).hasContent("important");
    }

    @Test
    void deviceIsRefusedAndStays() throws Exception {
        refusesAndLeaves(SpecialFiles.device(directory.resolve("null")));
    }

    private static void refusesAndLeaves(Path other) throws IOException {
        MetricsFile metrics = new MetricsFile(other, Duration.ofSeconds(15), "1.2.3");
        Object before = Files.getAttribute(other, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        assertThatThrownBy(() -> metrics.report(statistics()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write the metrics file " + other + ": it ")
                .hasMessageEndingWith("it is left unchanged; correct that, or choose another with --metrics-file");
        metrics.close();
        assertThat(Files.getAttribute(other, "unix:ino", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(before);
    }

    @Test
    void failedWriteIsExplainedAndLeavesNothingBehind() throws IOException {
        Files.createDirectories(path.resolve("in-the-way"));

        assertThatThrownBy(() -> file.report(statistics()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write the metrics file " + path + ": ")
                .hasMessageEndingWith("; correct that, or choose another with --metrics-file");
        assertThat(directory).isDirectoryNotContaining(other -> !other.equals(path));
    }
}
