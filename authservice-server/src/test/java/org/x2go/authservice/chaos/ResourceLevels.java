package org.x2go.authservice.chaos;

import static org.assertj.core.api.Assertions.fail;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** The resources of this process that can leak. */
record ResourceLevels(long descriptors, long sockets, long threads, long directBytes, long heapBytes) {
    private static final int TRIES = 100;

    /** For what the JVM opens, starts and caches for itself. */
    private static final ResourceLevels TOLERANCE = new ResourceLevels(3, 0, 2, 256 << 10, 6 << 20);

    /** After a garbage collection. */
    static ResourceLevels now() throws IOException {
        System.gc();
        try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
            var open = entries.map(ResourceLevels::target).toList();
            long sockets =
                    open.stream().filter(target -> target.startsWith("socket:")).count();
            return new ResourceLevels(
                    open.size(),
                    sockets,
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    directMemory(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            return "closed meanwhile";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long directMemory() {
        long buffers = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return buffers + Math.max(0, PlatformDependent.usedDirectMemory());
    }

    private boolean isNotAbove(ResourceLevels most) {
        return descriptors <= most.descriptors + TOLERANCE.descriptors
                && sockets <= most.sockets + TOLERANCE.sockets
                && threads <= most.threads + TOLERANCE.threads
                && directBytes <= most.directBytes + TOLERANCE.directBytes
                && heapBytes <= most.heapBytes + TOLERANCE.heapBytes;
    }

    /** Waits until the process holds no more than this, or fails. */
    void awaitReturn() throws IOException, InterruptedException {
        ResourceLevels now = now();
        for (int i = 0; i < TRIES && !now.isNotAbove(this); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
            now = now();
        }
        if (!now.isNotAbove(this)) {
            fail(
                    "Held before: %s%nHeld after:  %s%nThreads: %s",
                    this, now, Thread.getAllStackTraces().keySet());
        }
    }

    /** Waits until no more sockets are open than this, or fails. */
    static void awaitSockets(LongSupplier most) throws IOException, InterruptedException {
        long open = now().sockets;
        for (int i = 0; i < TRIES && open > most.getAsLong(); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
            open = now().sockets;
        }
        if (open > most.getAsLong()) {
            fail("There should be %d open sockets at most, and there are %d", most.getAsLong(), open);
        }
    }
}
