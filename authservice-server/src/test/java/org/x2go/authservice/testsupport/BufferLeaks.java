package org.x2go.authservice.testsupport;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The buffers that were lost to the garbage collector instead of being released. Netty finds them, but only says so in the
 * log, and only when another buffer is made after a collection.
 */
public final class BufferLeaks {
    private static final Queue<String> found = new ConcurrentLinkedQueue<>();
    private static final AtomicBoolean anyTracked = new AtomicBoolean();

    private BufferLeaks() {}

    /** Starts to watch. It must be called before the first buffer is made. */
    static void watch() {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
    }

    /** What was lost since this was last asked, and where it was made and used. */
    public static List<String> take() throws InterruptedException {
        if (anyTracked.getAndSet(false)) {
            // What the second collection finds is queued behind all that the first has found.
            collectGarbage();
            collectGarbage();
            // When a buffer is made, Netty reports what the collections found.
            UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
            anyTracked.set(false);
        }
        List<String> taken = new ArrayList<>();
        for (String leak = found.poll(); leak != null; leak = found.poll()) {
            taken.add(leak);
        }
        return taken;
    }

    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        PhantomReference<Object> garbage = new PhantomReference<>(new Object(), collected);
        do {
            System.gc();
        } while (collected.remove(100) != garbage);
    }

    private static final class Factory extends ResourceLeakDetectorFactory {
        @Override
        @SuppressWarnings("deprecation") // abstract, so it must be there
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return new Detector<>(resource, samplingInterval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
            return new Detector<>(resource, samplingInterval);
        }
    }

    private static final class Detector<T> extends ResourceLeakDetector<T> {
        Detector(Class<?> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        public ResourceLeakTracker<T> track(T resource) {
            anyTracked.set(true);
            return super.track(resource);
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            found.add(resourceType + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            found.add(resourceType);
        }

        /** Whatever the level of the log. */
        @Override
        protected boolean needReport() {
            return true;
        }
    }
}
