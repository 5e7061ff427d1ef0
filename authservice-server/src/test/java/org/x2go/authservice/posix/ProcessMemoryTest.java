package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
    private static final int BYTES = 128 << 20;

    /** Half of what is allocated, since this JVM allocates and frees other memory meanwhile. */
    @Test
    void residentMemoryGrowsByTheBytesAllocated() throws IOException {
        long before = ProcessMemory.residentBytes();
        ByteBuffer cleared = ByteBuffer.allocateDirect(BYTES);

        long grown = ProcessMemory.residentBytes() - before;

        assertThat(grown).isBetween(BYTES / 2L, BYTES * 3L / 2);
        assertThat(ProcessMemory.peakBytes()).isGreaterThan(BYTES);
        assertThat(cleared.get(BYTES - 1)).isZero();
    }
}
