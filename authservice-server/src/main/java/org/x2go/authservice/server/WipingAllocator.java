package org.x2go.authservice.server;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.x2go.authservice.protocol.Wipe;

/**
 * Allocates off-heap buffers of one size, and overwrites each when it is released. Used on the event loop.
 *
 * <p>Requests with their passwords are read into these buffers. Netty's allocators reuse or free a released buffer's
 * memory without wiping it, and a buffer that grows leaves its old memory behind. Here a buffer cannot grow, and its
 * memory is zeroed on release. A few wiped chunks are kept for the next reads; others are freed at once and not by
 * garbage collection.
 */
final class WipingAllocator extends AbstractByteBufAllocator implements ByteBufAllocatorMetricProvider {
    private static final int KEPT_CHUNKS = 64;

    /** Heap memory of a buffer object. */
    private static final int OBJECT_BYTES = 256;

    private final int chunkBytes;
    private final MemoryBudget budget;

    /** The allocator of the chunks, which leak detection does not track; it tracks the buffers that wrap them. */
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true, true);

    private final Deque<ByteBuf> wiped = new ArrayDeque<>(KEPT_CHUNKS);

    /** Creates an allocator for buffers of this size, which count as reserved until they are released. */
    WipingAllocator(int chunkBytes, MemoryBudget budget) {
        super(true);
        this.chunkBytes = chunkBytes;
        this.budget = budget;
    }

    /** Whether a buffer may be kept until the rest of its line or its turn comes. */
    boolean mayKeepBuffer() {
        return budget.admits(bytesOfBuffer());
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        if (initialCapacity > chunkBytes) {
            throw new IllegalArgumentException("No buffer is larger than " + chunkBytes + " bytes");
        }
        ByteBuf chunk = wiped.pollLast();
        if (chunk == null) {
            chunk = memory.directBuffer(chunkBytes, chunkBytes);
        }
        budget.reserve(bytesOfBuffer());
        return toLeakAwareBuffer(new WipedBuffer(this, chunk).clear());
    }

    /** The server allocates no heap buffers; if Netty does, they hold no password. */
    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return memory.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    @Override
    public ByteBufAllocatorMetric metric() {
        return memory.metric();
    }

    /** Frees the memory that is kept for the next buffers. Called when the event loop has ended. */
    void close() {
        wiped.forEach(ByteBuf::release);
        wiped.clear();
    }

    private int bytesOfBuffer() {
        return chunkBytes + OBJECT_BYTES;
    }

    private void takeBack(ByteBuf chunk) {
        budget.release(bytesOfBuffer());
        Wipe.wipe(chunk.nioBuffer(0, chunkBytes));
        if (wiped.size() < KEPT_CHUNKS) {
            wiped.addLast(chunk);
        } else {
            chunk.release();
        }
    }

    private static final class WipedBuffer extends UnpooledDirectByteBuf {
        private final WipingAllocator allocator;
        private final ByteBuf chunk;

        WipedBuffer(WipingAllocator allocator, ByteBuf chunk) {
            super(allocator, chunk.nioBuffer(0, chunk.capacity()), chunk.capacity());
            this.allocator = allocator;
            this.chunk = chunk;
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            allocator.takeBack(chunk);
        }
    }
}
