package org.x2go.authservice.daemon.monitoring;

import java.io.IOException;
import java.time.Duration;

/** Something that is told again and again how the service is. */
public interface StatisticsListener extends AutoCloseable {
    /** The time between two reports. */
    Duration interval();

    /** Takes what holds now. Called by one thread at a time. */
    void report(ServiceStatistics statistics) throws IOException;

    /** The service begins to stop. Reports may go on until it has. */
    @Override
    void close() throws IOException;
}
