package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.CapturedLog;

class RefusalLogTest {
    private static final String REASON = "service not allowed";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final RefusalLog refusals = new RefusalLog(channel.eventLoop());

    @BeforeEach
    void freezeTime() {
        channel.freezeTime();
    }

    private boolean refuse(int uid) {
        return refusals.tryAcquire(Verdict.FAIL, REASON, new PeerCredentials(1, uid, 3));
    }

    private List<String> linesAfterTenSeconds() {
        try (CapturedLog log = new CapturedLog("org.x2go.authservice.request")) {
            channel.advanceTimeBy(10, TimeUnit.SECONDS);
            channel.runPendingTasks();
            return log.lines();
        }
    }

    @Test
    void firstRefusalIsLoggedAndLaterOnesAreSummedUp() {
        assertThat(refuse(7)).isTrue();
        for (int i = 0; i < 1000; i++) {
            assertThat(refuse(7)).isFalse();
        }
        assertThat(linesAfterTenSeconds())
                .containsExactly("INFO fail reason=\"service not allowed\" peer_uid=7 unlogged=1000");
    }

    @Test
    void singleRefusalHasNoSummary() {
        assertThat(refuse(7)).isTrue();
        assertThat(linesAfterTenSeconds()).isEmpty();
        assertThat(refuse(7)).isTrue();
    }

    @Test
    void lastingRefusalsHaveOneLineEveryTenSeconds() {
        for (int i = 0; i < 5; i++) {
            refuse(7);
            refuse(7);
            assertThat(linesAfterTenSeconds()).hasSize(1);
        }
    }

    @Test
    void peerUsersAndReasonsAreCountedSeparately() {
        assertThat(refuse(7)).isTrue();
        assertThat(refuse(8)).isTrue();
        assertThat(refusals.tryAcquire(Verdict.BAD, "too long", new PeerCredentials(1, 7, 3)))
                .isTrue();
    }

    @Test
    void numberOfPeerUsersIsBounded() {
        for (int uid = 0; uid < 100_000; uid++) {
            refuse(uid);
        }
        assertThat(linesAfterTenSeconds())
                .containsExactly(
                        "WARN error reason=\"refusals for further peer users\" peer_uid=4294967295 unlogged=98999");
    }
}
