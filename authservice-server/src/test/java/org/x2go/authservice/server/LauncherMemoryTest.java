package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.x2go.authservice.testsupport.LauncherOptions;

/** The sum of what the limits allow peers to take, in the memory that the launcher gives the service. */
class LauncherMemoryTest {
    /** Buffers that are kept for the next reads, and passwords that were wiped and whose memory is not collected yet. */
    private static final long OWN_DIRECT = 16 << 20;

    private static final long REQUESTS = Limit.MAX_UNREAD_BYTES.defaultValue();

    @Test
    void oldGenerationFitsAllConnectionsAndRequests() throws IOException {
        long ratio = LauncherOptions.number("-XX:NewRatio=");
        long oldGeneration = LauncherOptions.number("-Xmx") * ratio / (ratio + 1);
        AuthServerConfig defaults =
                AuthServerConfig.builder(Path.of("/run/socket")).build();
        assertThat(MemoryDemand.heapBytes(defaults)).isLessThanOrEqualTo(oldGeneration);
    }

    @ParameterizedTest
    @CsvSource({"MAX_CONNECTIONS, 19000", "MAX_UNREAD_BYTES, 33554432"})
    void limitsBeyondTheHeapAreReported(Limit limit, int value) throws IOException {
        AuthServerConfig.Builder config = AuthServerConfig.builder(Path.of("/run/socket"));
        long heap = LauncherOptions.number("-Xmx");
        assertThat(MemoryDemand.shortfall(config.build(), heap)).isEmpty();
        assertThat(MemoryDemand.shortfall(config.limit(limit, value).build(), heap))
                .hasValueSatisfying(text -> assertThat(text).contains("--max-connections", "-Xmx"));
    }

    @Test
    void directMemoryFitsAllRequests() throws IOException {
        assertThat(OWN_DIRECT + REQUESTS).isLessThanOrEqualTo(LauncherOptions.number("-XX:MaxDirectMemorySize="));
    }

    @Test
    void budgetFitsAFullQueueOfOrdinaryRequests() {
        assertThat((long) Limit.MAX_QUEUED_REQUESTS.defaultValue() * (MemoryBudget.REQUEST_OVERHEAD_BYTES + 256))
                .isLessThanOrEqualTo(REQUESTS);
    }

    /** On aarch64 with pages of 64 KB no JVM starts with less. */
    @Test
    void stacksAreLargeEnoughForPagesOf64Kilobytes() throws IOException {
        assertThat(LauncherOptions.number("-Xss")).isGreaterThanOrEqualTo(448 << 10);
    }
}
