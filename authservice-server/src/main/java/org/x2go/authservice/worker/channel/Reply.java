package org.x2go.authservice.worker.channel;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;

/** What a worker tells the service. */
public sealed interface Reply {
    /**
     * The first thing a worker says: it can take requests from now on.
     *
     * @param thread the thread that asks PAM, as the kernel numbers it; 0 if that is not known
     */
    record Ready(int thread) implements Reply {}

    /**
     * The only thing that a worker says which cannot work at all, before it ends.
     *
     * @param reason why, and what would help
     */
    record Unfit(String reason) implements Reply {}

    /**
     * Something for the log.
     *
     * @param level how grave it is
     * @param text what it is, with everything escaped that came from outside
     */
    record Said(Level level, String text) implements Reply {}

    /** How grave something is. */
    enum Level {
        DEBUG,
        WARN,
        ERROR
    }

    /**
     * What came of a request.
     *
     * @param number the request's
     * @param result the result, whose fail delay the service waits out
     * @param fate what becomes of the worker
     */
    record Answer(int number, AuthResult result, Fate fate) implements Reply {}

    /** What becomes of a worker after a request. */
    enum Fate {
        /** It takes the next one. */
        STAYS,
        /** It takes further ones, but should be replaced soon. */
        RETIRES,
        /** It ends. */
        ENDS
    }

    /** What this program's channel is, to be raised with each change of requests or replies. */
    byte VERSION = 1;

    /** A longer body is no reply. */
    int LONGEST_BODY = 8192;

    /** A longer text is cut off by who sends it; each of its characters has at most four bytes. */
    int LONGEST_TEXT = 1024;

    /** Sends this reply. */
    default void send(FrameWriter writer) throws IOException {
        writer.begin(LONGEST_BODY);
        if (this instanceof Ready ready) {
            writer.put((byte) 'r').put(VERSION).put(ready.thread);
        } else if (this instanceof Unfit unfit) {
            writer.put((byte) 'u').put(cut(unfit.reason));
        } else if (this instanceof Said said) {
            writer.put((byte) 's').put(FrameWriter.utf8(said.level.name())).put(cut(said.text));
        } else if (this instanceof Answer answer) {
            writer.put((byte) 'a')
                    .put(answer.number)
                    .put(FrameWriter.utf8(answer.result.verdict().name()))
                    .put(FrameWriter.utf8(answer.fate.name()))
                    .put(answer.result.failDelay().toNanos() / 1000)
                    .put(cut(answer.result.reason()));
        }
        writer.send();
    }

    private static byte[] cut(String text) {
        return FrameWriter.utf8(text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT));
    }

    /** Reads a reply. */
    static Reply decode(ByteBuffer body) throws IOException {
        try {
            Reply reply = switch (body.get()) {
                case 'r' -> ready(body);
                case 'u' -> new Unfit(Fields.text(body));
                case 's' -> new Said(Level.valueOf(Fields.text(body)), Fields.text(body));
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
        return new Unfit("it is of another version of this program than the service (channel " + version + ", not "
                + VERSION + "): restart the service");
    }

    private static Answer answer(ByteBuffer body) throws IOException {
        int number = body.getInt();
        Verdict verdict = Verdict.valueOf(Fields.text(body));
        Fate fate = Fate.valueOf(Fields.text(body));
        Duration delay = Duration.of(body.getLong(), ChronoUnit.MICROS);
        return new Answer(number, new AuthResult(verdict, Fields.text(body), delay), fate);
    }
}
