package org.x2go.authservice.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.auth.LogText;

/**
 * Counts the workers whose request has passed its deadline, and says so when none is left. PAM cannot be interrupted: such
 * a worker is free again when the module that it is in returns. Used on the event loop.
 */
final class StuckWorkers {
    private static final Logger LOG = LogManager.getLogger(StuckWorkers.class);

    private final int workers;
    private int stuck;

    StuckWorkers(int workers) {
        this.workers = workers;
    }

    void expired(String service) {
        stuck++;
        if (stuck == workers) {
            LOG.error(
                    "All {} workers are stuck in PAM, the last one in service {}: requests are answered \"error\" until a module"
                            + " returns. See what its modules wait for (a directory server?), or raise --workers.",
                    workers,
                    LogText.escape(service));
        }
    }

    void returned() {
        if (stuck == workers) {
            LOG.warn("PAM answers again: {} of {} workers are still stuck", stuck - 1, workers);
        }
        stuck--;
    }

    /** How many workers are stuck now. */
    int count() {
        return stuck;
    }
}
