package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PeerNamesTest {
    private static final int NOBODY_HAS_THIS = 0x7654_3210;

    private final AtomicLong clock = new AtomicLong();
    private final PeerNames names = new PeerNames(clock::get);

    @Test
    void uidIsResolvedToTheUserName() throws IOException {
        assertThat(names.of(0)).isEqualTo("root");
    }

    @Test
    void uidWithoutAnAccountIsItsNumber() throws IOException {
        assertThat(names.of(NOBODY_HAS_THIS)).isEqualTo(Integer.toString(NOBODY_HAS_THIS));
        assertThat(names.of(-2))
                .satisfiesAnyOf(
                        name -> assertThat(name).isEqualTo("4294967294"),
                        name -> assertThat(name).startsWith("n"));
    }

    @Test
    void oldNameIsLookedUpAgain() throws IOException {
        String first = names.of(0);
        clock.addAndGet(PeerNames.MAX_AGE_NANOS - 1);
        assertThat(names.of(0)).isSameAs(first);
        clock.incrementAndGet();
        assertThat(names.of(0)).isEqualTo(first).isNotSameAs(first);
    }

    @Test
    void numberOfCachedNamesIsBounded() throws IOException {
        for (int i = 0; i < 1000; i++) {
            names.of(NOBODY_HAS_THIS + i);
        }
        assertThat(names.size()).isLessThanOrEqualTo(256);
    }
}
