package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Waits for one of several descriptors to become readable (poll(2)). One thread waits; any thread may wake it up. */
public final class DescriptorPoll implements AutoCloseable {
    private static final short POLLIN = 1;
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS_OFFSET = 4;
    private static final int REVENTS_OFFSET = 6;

    /** What is added to the number that an event descriptor holds. */
    private static final byte[] ONE = ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(1)
            .array();

    private final int event;

    /** Creates a poll without descriptors. */
    public DescriptorPoll() throws IOException {
        event = Errno.check("make an event descriptor", () -> LibC.eventfd(0, LibC.O_CLOEXEC | LibC.O_NONBLOCK));
    }

    /**
     * Waits until a descriptor is readable or closed, {@link #wakeUp} is or was called, or the timeout passes.
     *
     * @param descriptors the descriptors to wait for; negative ones are ignored
     * @param timeoutMillis the timeout in milliseconds; a negative one is infinite
     * @return for each descriptor whether it is readable
     */
    public boolean[] await(int[] descriptors, int timeoutMillis) throws IOException {
        try (Memory pollfds = new Memory((descriptors.length + 1L) * POLLFD_BYTES)) {
            pollfds.clear();
            for (int i = 0; i <= descriptors.length; i++) {
                pollfds.setInt((long) i * POLLFD_BYTES, i < descriptors.length ? descriptors[i] : event);
                pollfds.setShort((long) i * POLLFD_BYTES + EVENTS_OFFSET, POLLIN);
            }
            LibC.poll(pollfds, descriptors.length + 1L, timeoutMillis);
            boolean[] ready = new boolean[descriptors.length];
            for (int i = 0; i < ready.length; i++) {
                ready[i] = pollfds.getShort((long) i * POLLFD_BYTES + REVENTS_OFFSET) != 0;
            }
            if (pollfds.getShort((long) descriptors.length * POLLFD_BYTES + REVENTS_OFFSET) != 0) {
                try (Memory count = new Memory(Long.BYTES)) {
                    LibC.read(event, Pointer.nativeValue(count), Long.BYTES);
                }
            }
            return ready;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == Errno.EINTR) {
                return new boolean[descriptors.length];
            }
            throw new IOException("cannot wait for descriptors: " + Errno.text(e), e);
        }
    }

    /** Whether a descriptor is readable now, or at its end. */
    static boolean isReadable(int descriptor) {
        try (Memory pollfd = new Memory(POLLFD_BYTES)) {
            pollfd.clear();
            pollfd.setInt(0, descriptor);
            pollfd.setShort(EVENTS_OFFSET, POLLIN);
            return LibC.poll(pollfd, 1, 0) > 0;
        } catch (LastErrorException e) {
            return false;
        }
    }

    /** Ends the present wait, or the next one. */
    public void wakeUp() {
        LibC.write(event, ONE, ONE.length);
    }

    @Override
    public void close() {
        LibC.close(event);
    }
}
