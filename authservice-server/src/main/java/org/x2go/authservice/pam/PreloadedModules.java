package org.x2go.authservice.pam;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.posix.CString;

/**
 * Keeps the modules of services loaded, by an open handle for each service that never authenticates.
 *
 * <p>pam_start loads a service's modules, and pam_end unloads those that no other handle uses: without an open handle
 * every login would load all modules and their libraries, and cost ten times as much. Thread-safe.
 */
final class PreloadedModules implements AutoCloseable {
    private final byte @Nullable [] confdir;

    /** Never begun, so it answers nothing. */
    private final PamConversation conversation;

    private final Map<String, PamTransaction> handles = new HashMap<>();
    private volatile Map<String, PamTransaction> seen = Map.of();
    private boolean closed;

    PreloadedModules(byte @Nullable [] confdir, Diagnostics diagnostics) {
        this.confdir = confdir;
        this.conversation = new PamConversation(diagnostics);
    }

    /** Opens the service's handle unless it is open. If that fails, the next call tries again. */
    void keep(String service) {
        if (!seen.containsKey(service)) {
            open(service);
        }
    }

    private synchronized void open(String service) {
        if (closed || handles.containsKey(service)) {
            return;
        }
        PamTransaction handle = PamTransaction.start(CString.of(service), null, confdir, conversation);
        if (handle.isOpen()) {
            handles.put(service, handle);
            seen = Map.copyOf(handles);
        }
    }

    /** Closes all handles; no more are opened. */
    @Override
    public synchronized void close() {
        closed = true;
        handles.values().forEach(PamTransaction::close);
        handles.clear();
    }
}
