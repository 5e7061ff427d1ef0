package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyedHashTest {
    /** The reference implementation's vectors: key 00…0f, inputs of 0, 1, 7, 8 and 15 bytes 00, 01, …. */
    @Test
    void isSipHash24() {
        KeyedHash hash = new KeyedHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertThat(hash.of(counting(0))).isEqualTo(0x726fdb47dd0e0e31L);
        assertThat(hash.of(counting(1))).isEqualTo(0x74f839c593dc67fdL);
        assertThat(hash.of(counting(7))).isEqualTo(0xab0200f58b01d137L);
        assertThat(hash.of(counting(8))).isEqualTo(0x93f5f5799a932462L);
        assertThat(hash.of(counting(15))).isEqualTo(0xa129ca6149be45e5L);
    }

    @Test
    void dependsOnItsKey() {
        assertThat(KeyedHash.random().of(counting(5)))
                .isNotEqualTo(KeyedHash.random().of(counting(5)));
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
