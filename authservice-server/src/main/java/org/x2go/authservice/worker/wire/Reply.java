package org.x2go.authservice.worker.wire;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.protocol.Verdict;

/** A message from a worker to the service. */
public sealed interface Reply {
    /**
     * The first message of a worker: it is ready for requests.
     *
     * @param maxRequests the maximum number of requests that it may get
     */
    record Ready(int maxRequests) implements Reply {}

    /**
     * The only message of a worker that cannot work, before it exits.
     *
     * @param reason the reason, and what to do
     */
    record StartupFailure(String reason) implements Reply {}

    /**
     * A message for the log.
     *
     * @param level the severity
     * @param text the message, in which text from outside is escaped
     */
    record LogRecord(Diagnostics.Level level, String text) implements Reply {}

    /**
     * The answer to a request.
     *
     * @param number the number of the request that it answers
     * @param result the result, whose fail delay the service applies
     * @param disposition what the pool does with the worker
     */
    record Answer(int number, AuthResult result, Disposition disposition) implements Reply {}

    /** What the pool does with a worker after a request. */
    enum Disposition {
        /** The worker is ready for the next request. */
        REUSE,
        /** The worker must not get another request, and exits when the service closes the channel. */
        RECYCLE,
        /** The worker exits by itself. */
        EXIT
    }

    /** The version of the channel, raised with each change of requests or replies. */
    byte VERSION = 2;

    /** The longest valid body of a reply. */
    int MAX_BODY = 8192;

    /** The sender cuts a longer text; each character has at most four bytes. */
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
                default -> throw new IOException("a reply of unknown kind");
            };
            if (body.hasRemaining()) {
                throw new IOException("a reply with extra bytes");
            }
            return reply;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException("a reply that is malformed", e);
        }
    }

    /**
     * After an upgrade, systemd starts workers of the new version for a service of the old one, which cannot use them.
     */
    private static Reply ready(ByteBuffer body) {
        byte version = body.get();
        if (version == VERSION) {
            return new Ready(body.getInt());
        }
        body.position(body.limit());
        return new StartupFailure(
                "its version is not the service's (channel " + version + ", not " + VERSION + "): restart the service");
    }

    private static Answer answer(ByteBuffer body) throws IOException {
        int number = body.getInt();
        Verdict verdict = Verdict.valueOf(Fields.text(body));
        Disposition disposition = Disposition.valueOf(Fields.text(body));
        Duration delay = Duration.of(body.getLong(), ChronoUnit.MICROS);
        return new Answer(number, new AuthResult(verdict, Fields.text(body), delay, Duration.ZERO), disposition);
    }
}
