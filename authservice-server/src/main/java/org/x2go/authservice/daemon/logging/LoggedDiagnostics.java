package org.x2go.authservice.daemon.logging;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.auth.Diagnostics;

/** Writes what is said about PAM to the log. */
public final class LoggedDiagnostics implements Diagnostics {
    private static final Logger LOG = LogManager.getLogger("org.x2go.authservice.pam");

    @Override
    public boolean debugging() {
        return LOG.isDebugEnabled();
    }

    @Override
    public void debug(String message) {
        LOG.debug("{}", message);
    }

    @Override
    public void warn(String message) {
        LOG.warn("{}", message);
    }

    @Override
    public void error(String message) {
        LOG.error("{}", message);
    }

    @Override
    public void error(String message, Throwable cause) {
        LOG.error("{}", message, cause);
    }
}
