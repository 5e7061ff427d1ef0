package org.x2go.authservice.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;

/** A leak would fail the build: this class leaks, and removes the report. */
class BufferLeaksTest {
    @Test
    void unreleasedBufferIsFound() throws InterruptedException {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        assertThat(BufferLeaks.take()).as("of other classes").isEmpty();
        leak();
        assertThat(BufferLeaks.take()).singleElement().asString().contains("BufferLeaksTest.leak");
        assertThat(BufferLeaks.take()).isEmpty();
    }

    private static void leak() {
        Unpooled.directBuffer(8).writeLong(1);
    }
}
