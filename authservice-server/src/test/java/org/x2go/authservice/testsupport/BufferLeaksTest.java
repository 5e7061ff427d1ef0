package org.x2go.authservice.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;

/** That the build would fail for a leak: this class leaks, and takes the report away before it is held against it. */
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
