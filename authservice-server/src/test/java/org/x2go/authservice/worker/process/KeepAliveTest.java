package org.x2go.authservice.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.posix.UnixDatagram;
import org.x2go.authservice.testsupport.NotifySocket;

@Timeout(60)
class KeepAliveTest {
    @TempDir
    private Path directory;

    @Test
    void keepAliveIsSentThreeTimesPerWatchdogPeriod() throws Exception {
        String address = directory.resolve("notify").toString();
        try (NotifySocket systemd = NotifySocket.at(address)) {
            KeepAlive keepAlive = KeepAlive.of(Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "60000000"));
            assertThat(keepAlive.intervalMillis()).isEqualTo(20_000);
            keepAlive.send();
            assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
        }
    }

    @Test
    void nothingIsSentWithoutAWatchdog() throws Exception {
        String address = directory.resolve("notify").toString();
        try (NotifySocket systemd = NotifySocket.at(address);
                UnixDatagram next = UnixDatagram.to(address)) {
            KeepAlive none = KeepAlive.of(Map.of("NOTIFY_SOCKET", address));
            assertThat(none.intervalMillis()).isNegative();
            none.send();
            next.send("next");
            assertThat(systemd.next()).isEqualTo("next");
        }
    }

    @Test
    void failedKeepAliveDoesNotExitTheWorker() throws Exception {
        String address = directory.resolve("gone").toString();
        KeepAlive keepAlive = KeepAlive.of(Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "3000"));
        assertThatCode(keepAlive::send).doesNotThrowAnyException();
    }
}
