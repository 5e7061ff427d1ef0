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
    public void log(Level level, String message) {
        if (level == Level.DEBUG && !debugging) {
            return;
        }
        try {
            channel.tell(new Reply.LogRecord(level, message));
        } catch (IOException e) {
            // The service is gone, and so is this process in a moment.
        }
    }
}
