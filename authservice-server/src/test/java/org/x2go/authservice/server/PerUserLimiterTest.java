package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.PeerCredentials;

class PerUserLimiterTest {
    private static final PeerCredentials PEER = new PeerCredentials(1, 2, 3);
    private final PerUserLimiter limiter = new PerUserLimiter(2);
    private final List<String> granted = new ArrayList<>();

    private static PerUserLimiter.Key key(String user) {
        return PerUserLimiter.Key.of(PEER, user);
    }

    private static boolean declines() {
        return false;
    }

    private BooleanSupplier waiter(String name) {
        return () -> granted.add(name);
    }

    @Test
    void namesAreLimitedSeparately() {
        for (int i = 0; i < 3000; i++) {
            String user = "user" + i;
            assertThat(limiter.tryAcquire(key(user), PerUserLimiterTest::declines))
                    .isTrue();
            assertThat(limiter.tryAcquire(key(user), PerUserLimiterTest::declines))
                    .isTrue();
            assertThat(limiter.tryAcquire(key(user), waiter(user))).isFalse();
        }
        for (int i = 0; i < 3000; i++) {
            assertThat(limiter.tryAcquire(key("other" + i), PerUserLimiterTest::declines))
                    .isTrue();
        }
    }

    @Test
    void nameIsRemovedWithItsLastPermit() {
        for (int i = 0; i < 1000; i++) {
            limiter.tryAcquire(key("user" + i), PerUserLimiterTest::declines);
            limiter.tryAcquire(key("user" + i), PerUserLimiterTest::declines);
        }
        assertThat(limiter.users()).isEqualTo(1000);
        for (int i = 0; i < 1000; i++) {
            limiter.release(key("user" + i));
        }
        assertThat(limiter.users()).isEqualTo(1000);
        for (int i = 0; i < 1000; i++) {
            limiter.release(key("user" + i));
        }
        assertThat(limiter.users()).isZero();
    }

    @Test
    void waitersAreServedInOrder() {
        limiter.tryAcquire(key("bob"), PerUserLimiterTest::declines);
        limiter.tryAcquire(key("bob"), PerUserLimiterTest::declines);
        BooleanSupplier second = waiter("second");
        limiter.tryAcquire(key("bob"), waiter("first"));
        limiter.tryAcquire(key("bob"), second);
        limiter.tryAcquire(key("bob"), waiter("third"));
        assertThat(limiter.waiting()).isEqualTo(3);
        limiter.cancel(key("bob"), second);
        limiter.release(key("bob"));
        limiter.release(key("bob"));
        assertThat(granted).containsExactly("first", "third");
        assertThat(limiter.waiting()).isZero();
    }

    @Test
    void unusedPermitGoesToTheNextWaiter() {
        limiter.tryAcquire(key("bob"), PerUserLimiterTest::declines);
        limiter.tryAcquire(key("bob"), PerUserLimiterTest::declines);
        limiter.tryAcquire(key("bob"), PerUserLimiterTest::declines);
        limiter.tryAcquire(key("bob"), waiter("next"));
        limiter.release(key("bob"));
        assertThat(granted).containsExactly("next");
        limiter.release(key("bob"));
        limiter.release(key("bob"));
        assertThat(limiter.users()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"BOB", " bob", "bob\t", "\u00a0Bob "})
    void namesThatDifferInCaseOrBlanksAreCountedTogether(String name) {
        assertThat(key(name)).isEqualTo(key("bob"));
    }

    @Test
    void peerUsersAreLimitedSeparately() {
        assertThat(PerUserLimiter.Key.of(new PeerCredentials(1, 7, 3), "bob")).isNotEqualTo(key("bob"));
    }

    @Test
    void limitOfZeroIsNoLimit() {
        PerUserLimiter unlimited = new PerUserLimiter(0);
        for (int i = 0; i < 100; i++) {
            assertThat(unlimited.tryAcquire(key("bob"), PerUserLimiterTest::declines))
                    .isTrue();
        }
        assertThat(unlimited.users()).isZero();
        unlimited.release(key("bob"));
    }
}
