package org.x2go.authservice.worker.process;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.UnixDatagram;

/**
 * Tells systemd, if that has started this worker and wants to know (WatchdogSec=), that the process still runs: so that
 * systemd ends one that was stopped, as by SIGSTOP, which the service may not kill. Whether a module hangs is not its concern.
 */
final class KeepAlive {
    /** It is sent this many times in the time after which there must have been one. */
    private static final int PER_TIMEOUT = 3;

    private static final int FOR_EVER = -1;

    private final @Nullable UnixDatagram socket;
    private final int intervalMillis;

    private KeepAlive(@Nullable UnixDatagram socket, int intervalMillis) {
        this.socket = socket;
        this.intervalMillis = intervalMillis;
    }

    /** As the environment asks for it (sd_watchdog_enabled(3)); one that does nothing if it does not. */
    static KeepAlive of(Map<String, String> environment) throws IOException {
        String address = environment.get("NOTIFY_SOCKET");
        String micros = environment.get("WATCHDOG_USEC");
        if (address == null || micros == null) {
            return new KeepAlive(null, FOR_EVER);
        }
        int interval = (int) Math.min(Integer.MAX_VALUE, Long.parseLong(micros) / 1000 / PER_TIMEOUT);
        return new KeepAlive(UnixDatagram.to(address), Math.max(1, interval));
    }

    /** The time between two, or -1 if there are none. */
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
            // If systemd misses it, it ends this process.
        }
    }
}
