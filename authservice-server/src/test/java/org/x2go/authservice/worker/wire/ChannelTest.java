package org.x2go.authservice.worker.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Diagnostics.Level;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.worker.wire.Reply.Disposition;

/** Messages between the service and a worker arrive unchanged, however the kernel splits them. */
class ChannelTest {
    private static final PeerCredentials PEER = new PeerCredentials(42, -2, 1 << 30);

    private static final List<Reply> REPLIES = List.of(
            new Reply.Ready(4711),
            new Reply.StartupFailure("no libpam: install it"),
            new Reply.LogRecord(Level.DEBUG, "größe €"),
            new Reply.LogRecord(Level.ERROR, ""),
            new Reply.Answer(0, AuthResult.ok(), Disposition.REUSE),
            new Reply.Answer(0, AuthResult.error("x".repeat(Reply.MAX_TEXT)), Disposition.EXIT),
            new Reply.Answer(
                    0,
                    AuthResult.fail("wrong password")
                            .delayedBy(Duration.ofMillis(2387).plusNanos(380_000)),
                    Disposition.RECYCLE));

    /** Where the frame of a Ready has the channel's version. */
    private static final int VERSION_AT = 5;

    private final StreamSocket[] sockets = sockets();
    private final EmbeddedChannel replies = new EmbeddedChannel(
            new LengthFieldBasedFrameDecoder(Integer.BYTES + Reply.MAX_BODY, 0, Integer.BYTES, 0, Integer.BYTES));
    private final RequestChannel worker = new RequestChannel(sockets[1]);

    private static StreamSocket[] sockets() {
        try {
            return StreamSocket.pair();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        sockets[0].close();
        sockets[1].close();
    }

    /** As the service takes it. */
    private Reply nextReply() throws IOException {
        ByteBuf body = replies.readInbound();
        while (body == null) {
            replies.writeInbound(Unpooled.wrappedBuffer(received(sockets[0])));
            body = replies.readInbound();
        }
        try {
            return Reply.decode(body.nioBuffer());
        } finally {
            body.release();
        }
    }

    private static ByteBuffer frame(Credentials credentials) {
        Request request = new Request(1, credentials, PEER);
        ByteBuffer frame = ByteBuffer.allocateDirect(request.frameBytes());
        request.encode(frame);
        assertThat(frame.hasRemaining()).isFalse();
        return frame.flip();
    }

    private static Credentials credentials(String user, byte[] password, String service) {
        return Credentials.copyOf(user, ByteBuffer.wrap(password), service);
    }

    private static byte[] password(int length) {
        byte[] password = new byte[length];
        new Random(length).nextBytes(password);
        return password;
    }

    private void expect(@Nullable Request maybe, String user, byte[] password, String service) {
        Request request = Objects.requireNonNull(maybe);
        assertThat(request.peer()).isEqualTo(PEER);
        assertThat(request.credentials().user()).isEqualTo(user);
        assertThat(request.credentials().service()).isEqualTo(service);
        assertThat(request.credentials().password()).isEqualTo(ByteBuffer.wrap(password));
        request.credentials().close();
    }

    /** What the service sends for a request. */
    private static byte[] requestBytes(String user, byte[] password, String service) {
        try (Credentials credentials = credentials(user, password, service)) {
            ByteBuffer frame = frame(credentials);
            byte[] bytes = new byte[frame.remaining()];
            frame.get(bytes);
            return bytes;
        }
    }

    private static byte[] received(StreamSocket socket) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);
        assertThat(socket.receive(bytes)).isPositive();
        byte[] array = new byte[bytes.flip().remaining()];
        bytes.get(array);
        return array;
    }

    private static void send(StreamSocket socket, byte[] bytes, int from, int to) throws IOException {
        ByteBuffer direct = ByteBuffer.allocateDirect(to - from);
        direct.put(bytes, from, to - from).flip();
        socket.send(direct);
    }

    private static void sendInTwo(StreamSocket socket, byte[] bytes, int cut) throws InterruptedException {
        Thread sender = new Thread(() -> {
            try {
                send(socket, bytes, 0, cut);
                TimeUnit.MILLISECONDS.sleep(2);
                send(socket, bytes, cut, bytes.length);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        sender.start();
    }

    @Test
    void requestArrivesHoweverItIsSplit() throws Exception {
        byte[] password = password(16);
        byte[] bytes = requestBytes("jürgen", password, "x2gobroker");
        for (int cut = 1; cut < bytes.length; cut++) {
            sendInTwo(sockets[0], bytes, cut);
            expect(worker.next(), "jürgen", password, "x2gobroker");
        }
    }

    @Test
    void repliesArriveHoweverTheyAreSplit() throws Exception {
        for (Reply reply : REPLIES) {
            worker.tell(reply);
        }
        byte[] bytes = received(sockets[0]);
        for (int cut = 1; cut < bytes.length; cut += cut < 200 ? 1 : 97) {
            replies.writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
            replies.writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
            for (Reply reply : REPLIES) {
                assertThat(nextReply()).isEqualTo(reply);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8143, 8144, 8145, 8192, 100_000, (1 << 20) - 20})
    void passwordsOfAnyLengthArrive(int length) throws Exception {
        byte[] password = password(length);
        for (int i = 0; i < 2; i++) {
            Thread asker = new Thread(() -> {
                try (Credentials credentials = credentials("u", password, "s")) {
                    sockets[0].send(frame(credentials));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            asker.start();
            expect(worker.next(), "u", password, "s");
            asker.join();
        }
    }

    @Test
    void tooLongTextIsCut() throws Exception {
        worker.tell(new Reply.LogRecord(Level.WARN, "ß".repeat(5000)));
        assertThat(nextReply()).isEqualTo(new Reply.LogRecord(Level.WARN, "ß".repeat(Reply.MAX_TEXT)));
    }

    @Test
    void closeOfTheOtherEndIsNoticed() throws Exception {
        assertThat(worker.awaitHangUp(0)).isFalse();
        sockets[0].close();
        assertThat(worker.next()).isNull();
        assertThat(worker.awaitHangUp(-1)).isTrue();
    }

    @Test
    void truncatedFrameIsAnError() throws Exception {
        byte[] bytes = requestBytes("alice", password(8), "s");
        send(sockets[0], bytes, 0, bytes.length - 1);
        sockets[0].close();
        assertThatThrownBy(worker::next).isInstanceOf(EOFException.class);
    }

    @Test
    void requestBeforeTheAnswerIsAnError() throws Exception {
        byte[] bytes = requestBytes("alice", password(8), "s");
        byte[] both = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(bytes, 0, both, bytes.length, bytes.length);
        send(sockets[0], both, 0, both.length);
        assertThatThrownBy(worker::next).hasMessageContaining("before the previous one was answered");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u007f\u00ff\u00ff\u00ff", "\u00ff\u00ff\u00ff\u00ff"})
    void tooLongRequestIsAnError(String length) throws Exception {
        send(sockets[0], length.getBytes(StandardCharsets.ISO_8859_1), 0, length.length());
        assertThatThrownBy(worker::next).hasMessageContaining("invalid length");
    }

    @Test
    void readyOfAnotherVersionIsAStartupFailure() throws Exception {
        worker.tell(new Reply.Ready(4711));
        byte[] ready = received(sockets[0]);
        ready[VERSION_AT]++;
        send(sockets[1], ready, 0, ready.length);
        assertThat(nextReply())
                .isInstanceOfSatisfying(
                        Reply.StartupFailure.class,
                        failure -> assertThat(failure.reason()).endsWith("restart the service"));

        byte[] longer = Arrays.copyOf(ready, ready.length + 3);
        longer[3] = (byte) (longer[3] + 3);
        send(sockets[1], longer, 0, longer.length);
        assertThat(nextReply()).isInstanceOf(Reply.StartupFailure.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000\u0000\u0000\u0000",
                "\u007f\u00ff\u00ff\u00ff",
                "\u00ff\u00ff\u00ff\u00ff",
                "\u0000\u0000\u0000\u0001z",
                "\u0000\u0000\u0000\u0002r\u0002",
                "\u0000\u0000\u0000\u0006l\u0000\u0000\u0000\u0004W",
                "\u0000\u0000\u0000\u0009f\u0000\u0000\u0000\u0004\u00ff\u00ff\u00ff\u00ff"
            })
    void malformedReplyIsAnError(String bytes) throws Exception {
        byte[] array = bytes.getBytes(StandardCharsets.ISO_8859_1);
        send(sockets[1], array, 0, array.length);
        assertThatThrownBy(() -> nextReply()).isInstanceOfAny(IOException.class, DecoderException.class);
    }

    @Test
    void anyBytesAreARequestOrAnError() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            ByteBuffer body = ByteBuffer.allocateDirect(random.nextInt(64));
            while (body.hasRemaining()) {
                body.put((byte) (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(3)));
            }
            try (Credentials credentials = Request.decode(body.flip()).credentials()) {
                assertThat(credentials.user()).isNotEmpty();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("a ");
            }
        }
    }
}
