package org.x2go.authservice.server;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.x2go.authservice.protocol.Wipe;

/**
 * Gives out buffers of one size, outside the heap, and overwrites each when it is released.
 *
 * <p>What a peer sends is read into these buffers, passwords included. Netty's own allocators give a released buffer's
 * memory out again, or back to the system, as it is; and a buffer that grows leaves its old memory behind. Here a buffer
 * cannot grow, and its memory is zero before anyone else can have it. A few wiped chunks are kept for the next reads.
 */
final class WipingAllocator extends AbstractByteBufAllocator {
    private static final int KEPT_CHUNKS = 64;

    private final int chunkBytes;
    private final int plentyChunks;
    private final Queue<ByteBuffer> wiped = new ArrayBlockingQueue<>(KEPT_CHUNKS);
    private final AtomicInteger inUse = new AtomicInteger();

    /**
     * An allocator of buffers with room for this many bytes each.
     *
     * @param plentyBytes how much memory may be in use before {@link #isStrained} says so
     */
    WipingAllocator(int chunkBytes, long plentyBytes) {
        super(true);
        this.chunkBytes = chunkBytes;
        this.plentyChunks = (int) Math.max(1, plentyBytes / chunkBytes);
    }

    /** Whether so much memory is in use that who can do without more of it should. */
    boolean isStrained() {
        return inUse.get() > plentyChunks;
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        if (initialCapacity > chunkBytes) {
            throw new IllegalArgumentException("No buffer is larger than " + chunkBytes + " bytes");
        }
        ByteBuffer chunk = wiped.poll();
        if (chunk == null) {
            chunk = ByteBuffer.allocateDirect(chunkBytes);
        }
        inUse.incrementAndGet();
        return toLeakAwareBuffer(new WipedBuffer(this, chunk).clear());
    }

    /** Nothing of the server asks for memory on the heap; were Netty to, it would hold no password. */
    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    private void takeBack(ByteBuffer chunk) {
        inUse.decrementAndGet();
        Wipe.wipe(chunk);
        // One that finds no place there is left to the garbage collector.
        wiped.offer(chunk);
    }

    private static final class WipedBuffer extends UnpooledDirectByteBuf {
        private final WipingAllocator allocator;
        private final ByteBuffer chunk;

        WipedBuffer(WipingAllocator allocator, ByteBuffer chunk) {
            super(allocator, chunk, chunk.capacity());
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
