package org.x2go.authservice.daemon.monitoring;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.server.ServerStatistics;
import org.x2go.authservice.worker.pool.PoolStatistics;

/**
 * Writes statistics in Prometheus's text format. The only class that uses the Prometheus library, so that the library
 * is loaded only with --metrics-file.
 */
final class MetricsFormat {
    private static final String PREFIX = "authservice_";

    /** The beginning of every metrics file. */
    static final String BEGINNING = "# HELP " + PREFIX;

    private static final double NANOS = 1e9;

    /** The verdicts that are about a service. */
    private static final List<Verdict> OF_SERVICES = List.of(Verdict.OK, Verdict.FAIL, Verdict.ERROR);

    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final String version;

    MetricsFormat(String version) {
        this.version = version;
    }

    void write(ServiceStatistics service, OutputStream out) throws IOException {
        ServerStatistics now = service.server();
        Map<String, ServerStatistics.OfService> services = new TreeMap<>(now.services());
        List<MetricSnapshot> metrics = new ArrayList<>(List.of(
                InfoSnapshot.builder()
                        .name(PREFIX + "build")
                        .help("The version that is running")
                        .dataPoint(InfoDataPointSnapshot.builder()
                                .labels(Labels.of("version", version))
                                .build())
                        .build(),
                verdicts(services),
                durations(services),
                counter(
                        "malformed_requests",
                        "Requests answered bad",
                        now.rejected().malformed()),
                counter(
                        "disallowed_requests",
                        "Requests answered fail because they named a service that is not allowed",
                        now.rejected().disallowed()),
                gauge("connections", "Open connections", now.connections().open()),
                counter(
                        "connections_accepted",
                        "Connections accepted",
                        now.connections().accepted()),
                refusals(now),
                gauge(
                        "queued_requests",
                        "Requests that wait for a PAM thread or worker",
                        now.waiting().forWorker()),
                gauge(
                        "requests_awaiting_turn",
                        "Requests that wait because too many attempts for their user are pending",
                        now.waiting().forTurn()),
                gauge(
                        "pending_delays",
                        "Replies held back until their fail delay is over",
                        now.waiting().forDelay()),
                gauge("workers", "PAM calls that may run at once", now.workers().most()),
                gauge(
                        "workers_busy",
                        "PAM calls that are running",
                        now.workers().busy()),
                gauge(
                        "workers_stuck",
                        "PAM threads that hang: they have not returned by their request's deadline",
                        now.workers().hung())));
        service.pool().ifPresent(pool -> metrics.addAll(processes(pool)));
        writer.write(out, new MetricSnapshots(metrics), EscapingScheme.DEFAULT);
    }

    private static List<MetricSnapshot> processes(PoolStatistics pool) {
        return List.of(
                gauge("pam_processes", "PAM workers (processes)", pool.workers()),
                counter("pam_processes_started", "PAM workers that became ready", pool.started()),
                CounterSnapshot.builder()
                        .name(PREFIX + "pam_processes_lost")
                        .help("PAM workers that crashed, or were killed at their request's deadline")
                        .dataPoint(point(
                                Labels.of("reason", "crashed"), pool.lost().crashed()))
                        .dataPoint(
                                point(Labels.of("reason", "killed"), pool.lost().killed()))
                        .build(),
                gauge(
                        "pam_processes_healthy",
                        "0 if PAM workers cannot be started, or crash repeatedly in a PAM service, else 1",
                        pool.health() == PoolStatistics.Health.GOOD ? 1 : 0));
    }

    private static CounterSnapshot verdicts(Map<String, ServerStatistics.OfService> services) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder()
                .name(PREFIX + "verdicts")
                .help("Requests answered, by PAM service and verdict");
        services.forEach((service, counts) -> {
            for (Verdict verdict : OF_SERVICES) {
                counter.dataPoint(point(
                        Labels.of("service", service, "verdict", verdict.word()),
                        counts.verdicts().getOrDefault(verdict, 0L)));
            }
        });
        return counter.build();
    }

    private static CounterSnapshot refusals(ServerStatistics now) {
        return CounterSnapshot.builder()
                .name(PREFIX + "connections_refused")
                .help("Connections refused: too many were open, or their peer is not allowed to ask")
                .dataPoint(point(
                        Labels.of("reason", "limit"),
                        now.connections().refused().overLimit()))
                .dataPoint(point(
                        Labels.of("reason", "peer"), now.connections().refused().notAdmitted()))
                .build();
    }

    private static HistogramSnapshot durations(Map<String, ServerStatistics.OfService> services) {
        HistogramSnapshot.Builder histogram = HistogramSnapshot.builder()
                .name(PREFIX + "pam_duration_seconds")
                .help("How long PAM took for a verdict, by PAM service");
        services.forEach((service, counts) -> histogram.dataPoint(HistogramDataPointSnapshot.builder()
                .labels(Labels.of("service", service))
                .classicHistogramBuckets(buckets(counts.durations()))
                .sum(seconds(counts.durations().total()))
                .build()));
        return histogram.build();
    }

    private static ClassicHistogramBuckets buckets(ServerStatistics.Durations durations) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        List<Duration> bounds = ServerStatistics.Durations.BOUNDS;
        for (int i = 0; i < durations.counts().size(); i++) {
            double bound = i < bounds.size() ? seconds(bounds.get(i)) : Double.POSITIVE_INFINITY;
            buckets.bucket(bound, durations.counts().get(i));
        }
        return buckets.build();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS;
    }

    private static CounterSnapshot counter(String name, String help, long value) {
        return CounterSnapshot.builder()
                .name(PREFIX + name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build();
    }

    private static CounterDataPointSnapshot point(Labels labels, long value) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }

    private static GaugeSnapshot gauge(String name, String help, int value) {
        return GaugeSnapshot.builder()
                .name(PREFIX + name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }
}
