package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class WipingAllocatorTest {
    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final WipingAllocator allocator = new WipingAllocator(64, budget);

    @Test
    void releasedBufferIsOverwritten() {
        ByteBuf buffer = allocator.directBuffer(64);
        buffer.writeBytes(new byte[] {1, 2, 3});
        ByteBuffer memory = buffer.nioBuffer(0, 3);
        buffer.readerIndex(3).clear();
        buffer.release();
        assertThat(new byte[] {memory.get(0), memory.get(1), memory.get(2)}).containsOnly(0);
    }

    @Test
    void sliceKeepsItsMemoryUntilReleased() {
        ByteBuf buffer = allocator.directBuffer(64).writeByte(7);
        ByteBuf slice = buffer.readRetainedSlice(1);
        buffer.release();
        assertThat(slice.getByte(0)).isEqualTo((byte) 7);
        slice.release();
    }

    @Test
    void buffersCannotGrow() {
        ByteBuf buffer = allocator.directBuffer(16);
        assertThat(buffer.maxCapacity()).isEqualTo(64);
        assertThatThrownBy(() -> allocator.directBuffer(65)).isInstanceOf(IllegalArgumentException.class);
        buffer.release();
    }

    @Test
    void memoryIsKeptForTheNextBufferUntilClosed() {
        allocator.directBuffer(64).release();
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(64);
        allocator.directBuffer(64).release();
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(64);
        allocator.close();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void buffersAreCountedUntilReleased() {
        ByteBuf buffer = allocator.directBuffer(1);
        ByteBuf slice = buffer.writeByte(7).readRetainedSlice(1);
        assertThat(budget.reserved()).isGreaterThan(64);
        buffer.release();
        assertThat(budget.reserved()).isGreaterThan(64);
        slice.release();
        assertThat(budget.reserved()).isZero();
    }
}
