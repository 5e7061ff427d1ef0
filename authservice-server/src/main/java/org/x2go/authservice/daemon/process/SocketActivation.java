package org.x2go.authservice.daemon.process;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;

/** Finds the socket that systemd passed to this process (sd_listen_fds(3)). */
public final class SocketActivation {
    /** The first descriptor that is passed (SD_LISTEN_FDS_START of sd_listen_fds(3)). */
    private static final int FIRST = 3;

    private SocketActivation() {}

    /**
     * The descriptor of the passed socket; empty if there is none.
     *
     * @param environment the environment variables
     * @param pid the number of this process; sockets for another process are ignored
     * @throws IOException if there are several, or their number is invalid
     */
    public static OptionalInt descriptor(Map<String, String> environment, long pid) throws IOException {
        String count = environment.getOrDefault("LISTEN_FDS", "0");
        if (count.equals("0") || !Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return OptionalInt.empty();
        }
        if (!count.equals("1")) {
            throw new IOException("one socket can be answered on, and " + count
                    + " were passed (LISTEN_FDS): give the socket unit a single ListenStream=");
        }
        return OptionalInt.of(FIRST);
    }
}
