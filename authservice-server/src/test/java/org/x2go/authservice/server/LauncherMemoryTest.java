package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.testsupport.LauncherOptions;

/** The sum of what the limits allow peers to take, in the memory that the launcher gives the service. */
class LauncherMemoryTest {
    /** What the service takes for itself: 4 MB were measured after some logins, and a log's queue may fill. */
    private static final long OWN_HEAP = 16 << 20;

    /** Buffers that are kept for the next reads, and passwords that were wiped and whose memory is not collected yet. */
    private static final long OWN_DIRECT = 16 << 20;

    private static final long REQUESTS = Limit.MAX_UNREAD_BYTES.defaultValue();

    @Test
    void oldGenerationHoldsAllConnectionsAndRequests() throws IOException {
        long ratio = LauncherOptions.number("-XX:NewRatio=");
        long oldGeneration = LauncherOptions.number("-Xmx") * ratio / (ratio + 1);
        long connections = (long) Limit.MAX_CONNECTIONS.defaultValue() * MemoryBudget.CONNECTION_BYTES;
        assertThat(OWN_HEAP + connections + REQUESTS).isLessThanOrEqualTo(oldGeneration);
    }

    @Test
    void directMemoryHoldsAllRequests() throws IOException {
        assertThat(OWN_DIRECT + REQUESTS).isLessThanOrEqualTo(LauncherOptions.number("-XX:MaxDirectMemorySize="));
    }

    @Test
    void queueAndConnectionsFitIntoTheBudgetWithOrdinaryRequests() {
        assertThat((long) Limit.MAX_QUEUED_REQUESTS.defaultValue() * (MemoryBudget.REQUEST_BYTES + 256))
                .isLessThanOrEqualTo(REQUESTS);
    }
}
