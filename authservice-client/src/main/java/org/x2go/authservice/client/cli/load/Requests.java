package org.x2go.authservice.client.cli.load;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Arrays;
import org.x2go.authservice.protocol.Wipe;

/** The requests of one connection: one with the right password and one with a wrong password. */
final class Requests implements AutoCloseable {
    private static final int PERCENT = 100;

    private final ByteBuffer right;
    private final ByteBuffer wrong;
    private final int wrongPercent;
    private int wrongPercentOwed;

    /** Requests for the user of this connection, counted from 1. The caller wipes the password. */
    Requests(LoadOptions options, String pamService, int connection, char[] password) {
        String user = options.user(connection);
        char[] other = Arrays.copyOf(password, password.length + 1);
        other[password.length] = '~';
        try {
            right = options.protocol.encode(user, CharBuffer.wrap(password), pamService);
            wrong = options.protocol.encode(user, CharBuffer.wrap(other), pamService);
        } finally {
            Arrays.fill(other, '\0');
        }
        wrongPercent = options.wrongPercent;
        // So that connections do not send their wrong passwords at the same time.
        wrongPercentOwed = connection * wrongPercent % PERCENT;
    }

    /** Whether the next request is the one with the wrong password. */
    boolean isNextWrong() {
        wrongPercentOwed += wrongPercent;
        if (wrongPercentOwed < PERCENT) {
            return false;
        }
        wrongPercentOwed -= PERCENT;
        return true;
    }

    /** A request, ready to be sent. */
    ByteBuffer request(boolean wrongPassword) {
        return (wrongPassword ? wrong : right).rewind();
    }

    @Override
    public void close() {
        Wipe.wipe(right);
        Wipe.wipe(wrong);
    }
}
