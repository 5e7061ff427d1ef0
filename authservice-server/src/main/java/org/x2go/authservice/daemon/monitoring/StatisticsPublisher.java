package org.x2go.authservice.daemon.monitoring;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.posix.ErrorMessages;

/**
 * Passes statistics to the listeners, on its own thread.
 *
 * <p>The statistics come from the service's event loop. While that is blocked there are no reports, so that systemd's
 * watchdog notices; workers that hang in PAM do not block it. {@link SystemdNotifier} decides what else withholds
 * keep-alives.
 */
public final class StatisticsPublisher implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(StatisticsPublisher.class);

    private final Supplier<CompletableFuture<ServiceStatistics>> service;
    private final List<StatisticsListener> listeners;

    private StatisticsPublisher(
            Supplier<CompletableFuture<ServiceStatistics>> service, List<StatisticsListener> listeners) {
        this.service = service;
        this.listeners = listeners;
    }

    /**
     * Starts to publish. The thread runs until the process exits, so that keep-alives continue during a stop.
     */
    public static StatisticsPublisher start(
            Supplier<CompletableFuture<ServiceStatistics>> service, List<StatisticsListener> listeners) {
        StatisticsPublisher publisher = new StatisticsPublisher(service, listeners);
        if (!listeners.isEmpty()) {
            ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "statistics");
                thread.setDaemon(true);
                return thread;
            });
            for (StatisticsListener listener : listeners) {
                var unused = executor.scheduleWithFixedDelay(
                        publisher.task(listener), 0, listener.interval().toNanos(), TimeUnit.NANOSECONDS);
            }
        }
        return publisher;
    }

    private Runnable task(StatisticsListener listener) {
        return new Runnable() {
            private boolean failing;

            @Override
            public void run() {
                try {
                    listener.report(service.get().get(listener.interval().toNanos(), TimeUnit.NANOSECONDS));
                    failing = false;
                } catch (TimeoutException e) {
                    warnOnce("The service's event loop is not responding");
                } catch (InterruptedException | ExecutionException | RejectedExecutionException e) {
                    LOG.debug("The service has ended: {}", ErrorMessages.text(e));
                } catch (IOException | RuntimeException e) {
                    warnOnce(ErrorMessages.text(e));
                }
            }

            private void warnOnce(String what) {
                if (!failing) {
                    LOG.warn("{}; will retry", what);
                }
                failing = true;
            }
        };
    }

    @Override
    public void close() throws IOException {
        for (StatisticsListener listener : listeners) {
            listener.close();
        }
    }
}
