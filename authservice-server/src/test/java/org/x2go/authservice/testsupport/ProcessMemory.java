package org.x2go.authservice.testsupport;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.x2go.authservice.protocol.Wipe;

/**
 * The memory of a live process: everything that is mapped and present, heaps, stacks, and what is kept out of core dumps
 * too. To look into another process than one's own takes root, or the same user and a process that may be dumped.
 */
public final class ProcessMemory {
    /** Is told of each place where one of the patterns begins. */
    @FunctionalInterface
    public interface Finder {
        /**
         * A pattern begins here.
         *
         * @param pattern which one, by its index
         * @param mapping where: the line in /proc/PID/maps, which begins with the range of addresses
         * @param memory the memory from that place on, and at least the window's length of it unless what is in memory ends
         */
        void found(int pattern, String mapping, ByteBuffer memory);
    }

    private static final int CHUNK = 1 << 20;

    private static final int PAGE =
            NativeLibrary.getInstance("c").getFunction("getpagesize").invokeInt(new Object[0]);
    private static final int PRESENT_SHIFT = 62;

    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");

    private final Path directory;

    private ProcessMemory(String process) {
        this.directory = Path.of("/proc", process);
    }

    /** Of this process. */
    public static ProcessMemory own() {
        return new ProcessMemory("self");
    }

    /** Of another process. */
    public static ProcessMemory of(long pid) {
        return new ProcessMemory(Long.toString(pid));
    }

    /** How often a secret of this very process is in its memory, as {@link #search} finds it. */
    public static int countOwn(byte[] masked, byte mask) throws IOException {
        int[] count = new int[1];
        own().search(List.of(masked), mask, masked.length, (pattern, mapping, memory) -> count[0]++);
        return count[0];
    }

    /**
     * Finds all places where patterns are. A process that has ended has no memory.
     *
     * @param masked the patterns, each of their bytes XORed with the mask, so that looking for something in one's own
     *     memory does not put it there
     * @param window how much the finder wants to see of each place, at least as much as the longest pattern
     */
    public void search(List<byte[]> masked, byte mask, int window, Finder finder) throws IOException {
        Search search = new Search(masked, mask, window, finder);
        try (FileChannel memory = FileChannel.open(directory.resolve("mem"), StandardOpenOption.READ);
                FileChannel pages = FileChannel.open(directory.resolve("pagemap"), StandardOpenOption.READ)) {
            for (String mapping : mappings()) {
                for (Range range : present(pages, mapping)) {
                    search.in(memory, range, mapping);
                }
            }
        } catch (IOException e) {
            if (!mappings().isEmpty()) {
                throw e;
            }
        } finally {
            Wipe.wipe(search.chunk);
        }
    }

    private List<String> mappings() throws IOException {
        try {
            return Files.readAllLines(directory.resolve("maps"));
        } catch (IOException e) { // also ESRCH, if it ends between open(2) and read(2)
            if (Files.exists(directory)) {
                throw e;
            }
            return List.of();
        }
    }

    /**
     * The parts of a mapping that are in memory or swapped out; a JVM reserves much more than it ever uses. See pagemap in the
     * kernel's admin guide: eight bytes for each page, of which the two highest bits are these.
     */
    private static List<Range> present(FileChannel pages, String mapping) throws IOException {
        Matcher matcher = MAPPING.matcher(mapping);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(mapping);
        }
        long from = Long.parseUnsignedLong(matcher.group(1), 16);
        long to = Long.parseUnsignedLong(matcher.group(2), 16);
        List<Range> present = new ArrayList<>();
        ByteBuffer entries = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.nativeOrder());
        long begun = to;
        for (long at = from; at != to; ) {
            entries.clear().limit((int) Math.min(CHUNK, Long.BYTES * ((to - at) / PAGE)));
            if (pages.read(entries, Long.BYTES * Long.divideUnsigned(at, PAGE)) <= 0) {
                break;
            }
            entries.flip();
            for (; entries.remaining() >= Long.BYTES; at += PAGE) {
                boolean there = entries.getLong() >>> PRESENT_SHIFT != 0;
                if (there && begun == to) {
                    begun = at;
                } else if (!there && begun != to) {
                    present.add(new Range(begun, at));
                    begun = to;
                }
            }
        }
        if (begun != to) {
            present.add(new Range(begun, to));
        }
        return present;
    }

    private record Range(long from, long to) {}

    private static final class Search {
        private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        private final List<byte[]> masked;
        private final byte mask;
        private final int window;
        private final Finder finder;

        /** As much of each pattern as is looked at first. */
        private final int head;

        /**
         * How far it is, at least, from a pair of bytes to the end of a pattern's head in which it may be (Wu and Manber, 1994):
         * nearly all of a memory is passed over in steps of almost a head's length.
         */
        private final byte[] shifts = new byte[1 << Short.SIZE];

        Search(List<byte[]> masked, byte mask, int window, Finder finder) {
            this.masked = masked;
            this.mask = mask;
            this.window = window;
            this.finder = finder;
            this.head = Math.min(
                    Byte.MAX_VALUE,
                    masked.stream().mapToInt(pattern -> pattern.length).min().orElseThrow());
            Arrays.fill(shifts, (byte) (head - 1));
            for (byte[] pattern : masked) {
                for (int i = 0; i + 1 < head; i++) {
                    int first = (pattern[i] ^ mask) & 0xff;
                    int pair = (first << Byte.SIZE) + ((pattern[i + 1] ^ mask) & 0xff);
                    shifts[pair] = (byte) Math.min(shifts[pair], head - 2 - i);
                }
            }
        }

        void in(FileChannel memory, Range range, String mapping) {
            long at = range.from();
            long end = range.to();
            while (at < end) {
                chunk.clear().limit((int) Math.min(CHUNK, end - at));
                if (!read(memory, at)) {
                    at += PAGE - at % PAGE;
                    continue;
                }
                chunk.flip();
                boolean last = at + chunk.limit() == end || chunk.limit() < window;
                // What has no room for a window any more is seen once more, at the beginning of the next chunk.
                int places = last ? chunk.limit() - 1 : chunk.limit() - window + 1;
                int ends = Math.min(places + head - 1, chunk.limit());
                for (int i = head - 1; i < ends; ) {
                    int shift = shifts[chunk.getShort(i - 1) & 0xffff];
                    if (shift == 0) {
                        compare(i - head + 1, mapping);
                    }
                    i += Math.max(1, shift);
                }
                at += last ? chunk.limit() : places;
            }
        }

        /** A mapping may have gone since it was listed, and some pages cannot be read by anyone. */
        private boolean read(FileChannel memory, long at) {
            try {
                return memory.read(chunk, at) > 1;
            } catch (IOException unreadable) {
                return false;
            }
        }

        private void compare(int at, String mapping) {
            for (int i = 0; i < masked.size(); i++) {
                if (matches(at, masked.get(i))) {
                    finder.found(i, mapping, chunk.slice(at, Math.min(window, chunk.limit() - at)));
                }
            }
        }

        private boolean matches(int at, byte[] pattern) {
            if (at + pattern.length > chunk.limit()) {
                return false;
            }
            for (int i = 0; i < pattern.length; i++) {
                if ((byte) (chunk.get(at + i) ^ mask) != pattern[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
