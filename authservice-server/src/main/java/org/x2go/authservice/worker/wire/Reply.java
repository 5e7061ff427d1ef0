package org.x2go.authservice.worker.wire;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.protocol.Verdict;

/** What a worker tells the service. */
public sealed interface Reply {
    /**
     * The first thing a worker says: it can take requests from now on.
     *
     * @param maxRequests how many; more it must not be given
     */
    record Ready(int maxRequests) implements Reply {}

    /**
     * The only thing that a worker says which cannot work at all, before it ends.
     *
     * @param reason why, and what would help
     */
    record StartupFailure(String reason) implements Reply {}

    /**
     * Something for the log.
     *
     * @param level how grave it is
     * @param text what it is, with everything escaped that came from outside
     */
    record LogRecord(Diagnostics.Level level, String text) implements Reply {}

    /**
     * What came of a request.
     *
     * @param number the request's
     * @param result the result, whose fail delay the service waits out
     * @param disposition what is to be done with the worker
     */
    record Answer(int number, AuthResult result, Disposition disposition) implements Reply {}

    /** What is to be done with a worker after a request. */
    enum Disposition {
        /** It takes the next one. */
        REUSE,
        /** It must not be given another one, and ends when the service closes the channel. */
        RECYCLE,
        /** It ends by itself. */
        EXIT
    }

    /** What this program's channel is, to be raised with each change of requests or replies. */
    byte VERSION = 2;

    /** A longer body is no reply. */
    int MAX_BODY = 8192;

    /** A longer text is cut off by who sends it; each of its characters has at most four bytes. */
    int MAX_TEXT = 1024;

    /** Puts a frame that holds this reply into a buffer. */
    default void encode(ByteBuffer frame) {
        int start = frame.position();
        frame.putInt(0);
        if (this instanceof Ready ready) {
            frame.put((byte) 'r').put(VERSION).putInt(ready.maxRequests);
        } else if (this instanceof StartupFailure failure) {
            frame.put((byte) 'f');
            Fields.put(cut(failure.reason), frame);
        } else if (this instanceof LogRecord message) {
            frame.put((byte) 'l');
            Fields.put(Fields.utf8(message.level.name()), frame);
            Fields.put(cut(message.text), frame);
        } else if (this instanceof Answer answer) {
            frame.put((byte) 'a').putInt(answer.number);
            Fields.put(Fields.utf8(answer.result.verdict().name()), frame);
            Fields.put(Fields.utf8(answer.disposition.name()), frame);
            frame.putLong(answer.result.failDelay().toNanos() / 1000);
            Fields.put(cut(answer.result.reason()), frame);
        }
        frame.putInt(start, frame.position() - start - Integer.BYTES);
    }

    private static byte[] cut(String text) {
        return Fields.utf8(text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT));
    }

    /** Reads a reply. */
    static Reply decode(ByteBuffer body) throws IOException {
        try {
            Reply reply = switch (body.get()) {
                case 'r' -> ready(body);
                case 'f' -> new StartupFailure(Fields.text(body));
                case 'l' -> new LogRecord(Diagnostics.Level.valueOf(Fields.text(body)), Fields.text(body));
                case 'a' -> answer(body);
                default -> throw new IOException("a reply of no known kind");
            };
            if (body.hasRemaining()) {
                throw new IOException("a reply that goes on behind its end");
            }
            return reply;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException("a reply that is malformed", e);
        }
    }

    /**
     * A service that still runs when it has been upgraded is given workers of the new version, if systemd starts them: they
     * are of no use to it.
     */
    private static Reply ready(ByteBuffer body) {
        byte version = body.get();
        if (version == VERSION) {
            return new Ready(body.getInt());
        }
        body.position(body.limit());
        return new StartupFailure("it is of another version of this program than the service (channel " + version
                + ", not " + VERSION + "): restart the service");
    }

    private static Answer answer(ByteBuffer body) throws IOException {
        int number = body.getInt();
        Verdict verdict = Verdict.valueOf(Fields.text(body));
        Disposition disposition = Disposition.valueOf(Fields.text(body));
        Duration delay = Duration.of(body.getLong(), ChronoUnit.MICROS);
        return new Answer(number, new AuthResult(verdict, Fields.text(body), delay, Duration.ZERO), disposition);
    }
}
