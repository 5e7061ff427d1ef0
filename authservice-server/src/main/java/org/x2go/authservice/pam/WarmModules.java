package org.x2go.authservice.pam;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.posix.CString;

/**
 * Keeps the modules of services loaded, by a handle for each service that is never used to authenticate.
 *
 * <p>pam_start maps a service's modules into memory, and pam_end unmaps those that no other handle uses: with none open,
 * every login pays for all of them and their libraries, which makes it ten times as costly. Thread-safe.
 */
final class WarmModules implements AutoCloseable {
    private final byte @Nullable [] confdir;

    /** Never begun, so that it answers nothing. */
    private final PamConversation mute;

    private final Map<String, PamTransaction> handles = new HashMap<>();
    private volatile Map<String, PamTransaction> seen = Map.of();
    private boolean closed;

    WarmModules(byte @Nullable [] confdir, Diagnostics diagnostics) {
        this.confdir = confdir;
        this.mute = new PamConversation(diagnostics);
    }

    /** Opens the service's handle unless it is open. If that cannot be done, the next call tries again. */
    void keep(String service) {
        if (!seen.containsKey(service)) {
            open(service);
        }
    }

    private synchronized void open(String service) {
        if (closed || handles.containsKey(service)) {
            return;
        }
        PamTransaction handle = PamTransaction.start(CString.of(service), null, confdir, mute);
        if (handle.isOpen()) {
            handles.put(service, handle);
            seen = Map.copyOf(handles);
        }
    }

    /** Closes the handles; none is opened any more. */
    @Override
    public synchronized void close() {
        closed = true;
        handles.values().forEach(PamTransaction::close);
        handles.clear();
    }
}
