package org.x2go.authservice.worker.process;

import java.io.IOException;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.RequestChannel;

/** Sends what is said about PAM to the service, which has the log. */
final class ChannelDiagnostics implements Diagnostics {
    private final RequestChannel channel;
    private final boolean debugging;

    ChannelDiagnostics(RequestChannel channel, boolean debugging) {
        this.channel = channel;
        this.debugging = debugging;
    }

    @Override
    public boolean debugging() {
        return debugging;
    }

    @Override
    public void debug(String message) {
        if (debugging) {
            say(Reply.Level.DEBUG, message);
        }
    }

    @Override
    public void warn(String message) {
        say(Reply.Level.WARN, message);
    }

    @Override
    public void error(String message) {
        say(Reply.Level.ERROR, message);
    }

    @Override
    public void error(String message, Throwable cause) {
        say(Reply.Level.ERROR, message + ": " + cause);
    }

    private void say(Reply.Level level, String message) {
        try {
            channel.tell(new Reply.LogRecord(level, message));
        } catch (IOException e) {
            // The service is gone, and so is this process in a moment.
        }
    }
}
