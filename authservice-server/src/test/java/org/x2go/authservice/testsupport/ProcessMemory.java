package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
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
         * @param memory the memory from that place on, and at least the window's length of it unless the mapping ends
         */
        void found(int pattern, String mapping, ByteBuffer memory);
    }

    private static final int CHUNK = 1 << 20;

    /** How far to go on where something cannot be read; larger pages are only tried more than once. */
    private static final int SMALLEST_PAGE = 4096;

    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");
    private static final Pattern PRESENT = Pattern.compile("(Rss|Swap): +[1-9].*");

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
        try (FileChannel memory = FileChannel.open(directory.resolve("mem"), StandardOpenOption.READ)) {
            for (String mapping : presentMappings()) {
                search.in(memory, mapping);
            }
        } catch (FileSystemException e) {
            if (!presentMappings().isEmpty()) {
                throw e;
            }
        } finally {
            Wipe.wipe(search.chunk);
        }
    }

    /** Those of which at least one page is there; a JVM reserves much more than it ever uses. */
    private List<String> presentMappings() throws IOException {
        List<String> present = new ArrayList<>();
        String mapping = "";
        for (String line : smaps()) {
            if (MAPPING.matcher(line).matches()) {
                mapping = line;
            } else if (PRESENT.matcher(line).matches() && !present.contains(mapping)) {
                present.add(mapping);
            }
        }
        return present;
    }

    private List<String> smaps() throws IOException {
        try {
            return Files.readAllLines(directory.resolve("smaps"));
        } catch (FileSystemException e) {
            if (Files.exists(directory)) {
                throw e;
            }
            return List.of();
        }
    }

    private static final class Search {
        private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        private final List<byte[]> masked;
        private final byte mask;
        private final int window;
        private final Finder finder;

        /** Which pairs of bytes, as numbers, a pattern begins with: nearly all of a memory is passed over by this alone. */
        private final boolean[] beginnings = new boolean[1 << Short.SIZE];

        Search(List<byte[]> masked, byte mask, int window, Finder finder) {
            this.masked = masked;
            this.mask = mask;
            this.window = window;
            this.finder = finder;
            for (byte[] pattern : masked) {
                int first = (pattern[0] ^ mask) & 0xff;
                int second = (pattern[1] ^ mask) & 0xff;
                beginnings[(first << Byte.SIZE) + second] = true;
            }
        }

        void in(FileChannel memory, String mapping) {
            Matcher range = MAPPING.matcher(mapping);
            if (!range.matches()) {
                throw new IllegalArgumentException(mapping);
            }
            long at = Long.parseUnsignedLong(range.group(1), 16);
            long end = Long.parseUnsignedLong(range.group(2), 16);
            while (at < end) {
                chunk.clear().limit((int) Math.min(CHUNK, end - at));
                if (!read(memory, at)) {
                    at += SMALLEST_PAGE - at % SMALLEST_PAGE;
                    continue;
                }
                chunk.flip();
                boolean last = at + chunk.limit() == end || chunk.limit() < window;
                // What has no room for a window any more is seen once more, at the beginning of the next chunk.
                int places = last ? chunk.limit() - 1 : chunk.limit() - window + 1;
                for (int i = 0; i < places; i++) {
                    if (beginnings[chunk.getShort(i) & 0xffff]) {
                        compare(i, mapping);
                    }
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
