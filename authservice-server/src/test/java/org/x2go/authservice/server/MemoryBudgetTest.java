package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.x2go.authservice.protocol.Credentials;

class MemoryBudgetTest {
    private static final int LIMIT = 100_000;
    private static final int LONG = 5000;

    private final MemoryBudget budget = new MemoryBudget(LIMIT);

    @Test
    void longRequestsLeaveAQuarterForOrdinaryOnes() {
        int held = 0;
        while (budget.tryReserve(LONG)) {
            held++;
        }
        assertThat(held).isEqualTo(15);
        assertThat(budget.tryReserve(MemoryBudget.REQUEST_OVERHEAD_BYTES)).isTrue();
    }

    @Test
    void refusedRequestsReserveNothing() {
        while (budget.tryReserve(1000)) {
            // Until there is no more.
        }
        assertThat(budget.reserved()).isEqualTo(LIMIT);
        budget.release(1000);
        assertThat(budget.tryReserve(1000)).isTrue();
    }

    @Test
    void reserveCountsMemoryAlsoAtTheLimit() {
        budget.reserve(LIMIT);
        assertThat(budget.admits(LONG)).isFalse();
        assertThat(budget.reserved()).isEqualTo(LIMIT);
    }

    @Test
    void namesCountTwoBytesForEachCharacter() {
        try (Credentials credentials = Credentials.copyOf("Ābc", ISO_8859_1.encode("12345"), "x2go")) {
            assertThat(MemoryBudget.bytesOf(credentials)).isEqualTo(MemoryBudget.REQUEST_OVERHEAD_BYTES + 2 * 7 + 5);
        }
    }
}
