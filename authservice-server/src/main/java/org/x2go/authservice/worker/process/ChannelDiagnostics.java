package org.x2go.authservice.worker.process;

import java.io.IOException;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.RequestChannel;

/** Sends diagnostics to the service, which logs them. */
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
            // The service has closed the channel, so this process is about to exit.
        }
    }
}
