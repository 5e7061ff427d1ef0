package org.x2go.authservice.daemon;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Tells all who want to know how the service is, from a thread of its own.
 *
 * <p>The statistics come from the service's event loop. While that does not turn there are none and nobody is told anything,
 * which is how a watchdog notices; workers that hang in PAM do not keep it from turning. What else a watchdog is to notice
 * is for its report to judge.
 */
final class Reports implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Reports.class);

    private final Supplier<CompletableFuture<ServiceStatistics>> service;
    private final List<Report> reports;

    private Reports(Supplier<CompletableFuture<ServiceStatistics>> service, List<Report> reports) {
        this.service = service;
        this.reports = reports;
    }

    /** Starts to report. The thread ends with the process, so that a watchdog hears of a service that is stopping too. */
    static Reports start(Supplier<CompletableFuture<ServiceStatistics>> service, List<Report> reports) {
        Reports all = new Reports(service, reports);
        if (!reports.isEmpty()) {
            ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread reporter = new Thread(task, "reports");
                reporter.setDaemon(true);
                return reporter;
            });
            for (Report report : reports) {
                var unused = thread.scheduleWithFixedDelay(
                        all.task(report), 0, report.interval().toNanos(), TimeUnit.NANOSECONDS);
            }
        }
        return all;
    }

    private Runnable task(Report report) {
        return new Runnable() {
            private boolean failing;

            @Override
            public void run() {
                try {
                    report.report(service.get().get(report.interval().toNanos(), TimeUnit.NANOSECONDS));
                    failing = false;
                } catch (TimeoutException e) {
                    complain("The service's event loop does not turn");
                } catch (InterruptedException | ExecutionException e) {
                    LOG.debug("The service has ended: {}", Failures.text(e));
                } catch (IOException | RuntimeException e) {
                    complain(Failures.text(e));
                }
            }

            /** Once, and not every few seconds. */
            private void complain(String what) {
                if (!failing) {
                    LOG.warn("{}; going on to try", what);
                }
                failing = true;
            }
        };
    }

    @Override
    public void close() throws IOException {
        for (Report report : reports) {
            report.close();
        }
    }
}
