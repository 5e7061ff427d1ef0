package org.x2go.authservice.daemon.logging;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.auth.Diagnostics;

/** Writes diagnostics to the log. */
public final class LoggedDiagnostics implements Diagnostics {
    private static final Logger LOG = LogManager.getLogger("org.x2go.authservice.pam");

    @Override
    public boolean debugging() {
        return LOG.isDebugEnabled();
    }

    @Override
    public void log(Level level, String message) {
        LOG.log(org.apache.logging.log4j.Level.valueOf(level.name()), "{}", message);
    }

    @Override
    public void error(String message, Throwable cause) {
        LOG.error("{}", message, cause);
    }
}
