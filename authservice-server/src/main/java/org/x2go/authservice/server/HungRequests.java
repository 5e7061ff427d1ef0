package org.x2go.authservice.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.auth.LogText;

/**
 * Counts the PAM threads whose request has passed its deadline, and logs an error when all threads hang. A PAM call in
 * a thread cannot be stopped: the thread is free again when the module returns. Used on the event loop.
 */
final class HungRequests {
    private static final Logger LOG = LogManager.getLogger(HungRequests.class);

    private final int threads;
    private int hung;

    HungRequests(int threads) {
        this.threads = threads;
    }

    void expired(String service) {
        hung++;
        if (hung == threads) {
            LOG.error(
                    "All {} PAM threads hang (latest service: {}); requests fail until one returns. See what its modules wait"
                            + " for (a directory server?), or raise --workers.",
                    threads,
                    LogText.escape(service));
        }
    }

    void returned() {
        if (hung == threads) {
            LOG.warn("PAM answers again: {} of {} PAM threads still hang", hung - 1, threads);
        }
        hung--;
    }

    /** The number of threads that hang now. */
    int count() {
        return hung;
    }
}
