package org.x2go.authservice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretBytesTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 65, 4096})
    void remainingBytesAreCopied(int length) {
        ByteBuffer from = ByteBuffer.allocateDirect(length + 5);
        for (int i = 0; i < from.capacity(); i++) {
            from.put(i, (byte) (i + 1));
        }
        from.position(2).limit(2 + length);
        ByteBuffer to = ByteBuffer.allocateDirect(length + 3).position(1);

        SecretBytes.copy(from, to);

        assertThat(from.position()).isEqualTo(2 + length);
        assertThat(to.position()).isEqualTo(1 + length);
        assertThat(to.get(0)).isZero();
        assertThat(to.get(length + 1)).isZero();
        assertThat(to.slice(1, length)).isEqualTo(from.slice(2, length));
    }
}
