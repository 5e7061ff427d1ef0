package org.x2go.authservice.pam;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.x2go.authservice.protocol.Wipe;

/** Looks for a secret in everything that this process can write to: heaps, stacks and what is mapped besides. */
final class ProcessMemory {
    private static final int CHUNK = 1 << 20;

    private ProcessMemory() {}

    /**
     * How often the secret is found.
     *
     * @param masked the secret's bytes, each XORed with the mask, so that looking for it does not put it into memory
     */
    static int count(byte[] masked, byte mask) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        int found = 0;
        try (FileChannel memory = FileChannel.open(Path.of("/proc/self/mem"), StandardOpenOption.READ)) {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
                if (line.contains(" rw")) {
                    found += count(
                            memory,
                            Long.parseUnsignedLong(range[0], 16),
                            Long.parseUnsignedLong(range[1], 16),
                            chunk,
                            masked,
                            mask);
                }
            }
        } finally {
            Wipe.wipe(chunk);
        }
        return found;
    }

    private static int count(FileChannel memory, long from, long to, ByteBuffer chunk, byte[] masked, byte mask)
            throws IOException {
        int found = 0;
        long at = from;
        while (to - at >= masked.length) {
            chunk.clear().limit((int) Math.min(CHUNK, to - at));
            int read = read(memory, chunk, at);
            if (read < masked.length) {
                break;
            }
            for (int i = 0; i + masked.length <= read; i++) {
                if (matches(chunk, i, masked, mask)) {
                    found++;
                }
            }
            // What straddles two chunks is found in the second.
            at += read - masked.length + 1;
        }
        return found;
    }

    /** Reads what is there; a mapping may have gone since it was listed. */
    private static int read(FileChannel memory, ByteBuffer chunk, long at) {
        try {
            return memory.read(chunk, at);
        } catch (IOException gone) {
            return 0;
        }
    }

    private static boolean matches(ByteBuffer chunk, int at, byte[] masked, byte mask) {
        for (int i = 0; i < masked.length; i++) {
            if ((byte) (chunk.get(at + i) ^ mask) != masked[i]) {
                return false;
            }
        }
        return true;
    }
}
