package org.x2go.authservice.server;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.x2go.authservice.protocol.Wipe;

/**
 * Gives out buffers of one size, outside the heap, and overwrites each when it is released. Used on the event loop.
 *
 * <p>What a peer sends is read into these buffers, passwords included. Netty's own allocators give a released buffer's
 * memory out again, or back to the system, as it is; and a buffer that grows leaves its old memory behind. Here a buffer
 * cannot grow, and its memory is zero before anyone else can have it. A few wiped chunks are kept for the next reads; the
 * others are freed at once, and not when the garbage is collected, so that no more memory is taken than is in use.
 */
final class WipingAllocator extends AbstractByteBufAllocator {
    private static final int KEPT_CHUNKS = 64;

    /** What a buffer takes on the heap. */
    private static final int OBJECT_BYTES = 256;

    private final int chunkBytes;
    private final MemoryBudget budget;

    /** Where chunks come from. They are not tracked as those are that wrap them. */
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true, true);

    private final Deque<ByteBuf> wiped = new ArrayDeque<>(KEPT_CHUNKS);

    /** An allocator of buffers with room for this many bytes each, which count as reserved until they are released. */
    WipingAllocator(int chunkBytes, MemoryBudget budget) {
        super(true);
        this.chunkBytes = chunkBytes;
        this.budget = budget;
    }

    /** Whether one more of the buffers that are in use may be kept until more of its line comes, or it is its turn. */
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

    /** Nothing of the server asks for memory on the heap; were Netty to, it would hold no password. */
    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return memory.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
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
