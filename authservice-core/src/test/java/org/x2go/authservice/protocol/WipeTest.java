package org.x2go.authservice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WipeTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 16, 31, 4096})
    void wipeZeroesAllBytesAndKeepsThePosition(int capacity) {
        for (ByteBuffer buffer :
                new ByteBuffer[] {ByteBuffer.allocate(capacity), ByteBuffer.allocateDirect(capacity)}) {
            while (buffer.hasRemaining()) {
                buffer.put((byte) 'x');
            }
            int position = capacity / 3;
            int limit = capacity / 2;
            buffer.limit(limit).position(position);

            Wipe.wipe(buffer);

            assertThat(buffer.position()).isEqualTo(position);
            assertThat(buffer.limit()).isEqualTo(limit);
            assertThat(buffer.clear()).isEqualTo(ByteBuffer.allocate(capacity));
        }
    }
}
