package org.x2go.authservice.daemon.monitoring;

import java.io.IOException;
import java.time.Duration;

/** Receives the service's statistics at intervals. */
public interface StatisticsListener extends AutoCloseable {
    /** The time between two reports. */
    Duration interval();

    /** Called with the present statistics, by one thread at a time. */
    void report(ServiceStatistics statistics) throws IOException;

    /** Called when the service begins to stop. Reports may follow until it has stopped. */
    @Override
    void close() throws IOException;
}
