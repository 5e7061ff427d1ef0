package org.x2go.authservice.worker.process;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.UnixDatagram;

/**
 * Sends systemd watchdog keep-alives (WatchdogSec=), so that systemd kills a stopped worker (SIGSTOP), which the
 * service may not kill. It does not notice a module that hangs.
 */
final class KeepAlive {
    /** Keep-alives per watchdog period. */
    private static final int PER_TIMEOUT = 3;

    private static final int FOR_EVER = -1;

    private final @Nullable UnixDatagram socket;
    private final int intervalMillis;

    private KeepAlive(@Nullable UnixDatagram socket, int intervalMillis) {
        this.socket = socket;
        this.intervalMillis = intervalMillis;
    }

    /** Creates it as the environment says (sd_watchdog_enabled(3)); without a watchdog it does nothing. */
    static KeepAlive of(Map<String, String> environment) throws IOException {
        String address = environment.get("NOTIFY_SOCKET");
        String micros = environment.get("WATCHDOG_USEC");
        if (address == null || micros == null) {
            return new KeepAlive(null, FOR_EVER);
        }
        int interval = (int) Math.min(Integer.MAX_VALUE, Long.parseLong(micros) / 1000 / PER_TIMEOUT);
        return new KeepAlive(UnixDatagram.to(address), Math.max(1, interval));
    }

    /** The interval in milliseconds, or -1 without a watchdog. */
    int intervalMillis() {
        return intervalMillis;
    }

    void send() {
        if (socket == null) {
            return;
        }
        try {
            socket.send("WATCHDOG=1");
        } catch (IOException e) {
            // If systemd gets none, it kills this process.
        }
    }
}
