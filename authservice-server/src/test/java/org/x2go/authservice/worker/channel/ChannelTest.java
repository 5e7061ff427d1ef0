package org.x2go.authservice.worker.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
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
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.worker.channel.Reply.Fate;
import org.x2go.authservice.worker.channel.Reply.Level;

/** What a worker and the service say to each other arrives as it was said, however the kernel cuts it. */
class ChannelTest {
    private static final PeerCredentials PEER = new PeerCredentials(42, -2, 1 << 30);

    private static final List<Reply> REPLIES = List.of(
            new Reply.Ready(4711),
            new Reply.Unfit("no libpam: install it"),
            new Reply.Said(Level.DEBUG, "größe €"),
            new Reply.Said(Level.ERROR, ""),
            new Reply.Answer(0, AuthResult.ok(), Fate.STAYS),
            new Reply.Answer(0, AuthResult.error("x".repeat(Reply.LONGEST_TEXT)), Fate.ENDS),
            new Reply.Answer(
                    0,
                    AuthResult.fail("wrong password")
                            .delayedBy(Duration.ofMillis(2387).plusNanos(380_000)),
                    Fate.RETIRES));

    /** Where the frame of a Ready has the channel's version. */
    private static final int VERSION_AT = 5;

    private final StreamSocket[] sockets = sockets();
    private final ServiceEnd service = new ServiceEnd(sockets[0]);
    private final WorkerEnd worker = new WorkerEnd(sockets[1]);

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

    private static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
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
    private byte[] requestBytes(String user, byte[] password, String service) throws IOException {
        try (Credentials credentials = credentials(user, password, service)) {
            this.service.ask(credentials, PEER);
        }
        return received(sockets[1]);
    }

    private static byte[] received(StreamSocket socket) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);
        socket.receive(bytes);
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
    void aRequestArrivesWhereverItIsCut() throws Exception {
        byte[] password = password(16);
        byte[] bytes = requestBytes("jürgen", password, "x2gobroker");
        for (int cut = 1; cut < bytes.length; cut++) {
            sendInTwo(sockets[0], bytes, cut);
            expect(worker.next(), "jürgen", password, "x2gobroker");
        }
    }

    @Test
    void repliesArriveWhereverTheyAreCut() throws Exception {
        for (Reply reply : REPLIES) {
            worker.tell(reply);
        }
        byte[] bytes = received(sockets[0]);
        for (int cut = 1; cut < bytes.length; cut += cut < 200 ? 1 : 97) {
            sendInTwo(sockets[1], bytes, cut);
            for (Reply reply : REPLIES) {
                assertThat(service.next(soon())).isEqualTo(reply);
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
                    service.ask(credentials, PEER);
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
    void anAnswerIsTakenForThatToItsOwnRequestOnly() throws Exception {
        requestBytes("alice", password(8), "s");
        worker.tell(new Reply.Answer(1, AuthResult.ok(), Fate.STAYS));
        worker.tell(new Reply.Answer(1, AuthResult.ok(), Fate.STAYS));
        assertThat(service.next(soon())).isEqualTo(new Reply.Answer(1, AuthResult.ok(), Fate.STAYS));
        requestBytes("bob", password(8), "s");
        assertThatThrownBy(() -> service.next(soon())).isInstanceOf(IOException.class);
    }

    @Test
    void aTextThatIsTooLongIsCutOff() throws Exception {
        worker.tell(new Reply.Said(Level.WARN, "ß".repeat(5000)));
        assertThat(service.next(soon())).isEqualTo(new Reply.Said(Level.WARN, "ß".repeat(Reply.LONGEST_TEXT)));
    }

    @Test
    void whoeverWaitsFindsTheOtherEndClosed() throws Exception {
        service.shutDown();
        assertThat(worker.next()).isNull();
        worker.awaitHangUp();
        assertThatThrownBy(() -> service.next(soon())).isInstanceOf(EOFException.class);
    }

    @Test
    void aWaitEndsAtItsDeadline() {
        assertThatThrownBy(() -> service.next(System.nanoTime() + 1)).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void aFrameThatIsCutShortIsAnError() throws Exception {
        byte[] bytes = requestBytes("alice", password(8), "s");
        send(sockets[0], bytes, 0, bytes.length - 1);
        service.shutDown();
        assertThatThrownBy(worker::next).isInstanceOf(EOFException.class);
    }

    @Test
    void aWorkerOfAnotherVersionIsUnfitWhateverElseItSays() throws Exception {
        worker.tell(new Reply.Ready(4711));
        byte[] ready = received(sockets[0]);
        ready[VERSION_AT]++;
        send(sockets[1], ready, 0, ready.length);
        assertThat(service.next(soon()))
                .isInstanceOfSatisfying(
                        Reply.Unfit.class, unfit -> assertThat(unfit.reason()).endsWith("restart the service"));

        byte[] longer = Arrays.copyOf(ready, ready.length + 3);
        longer[3] = (byte) (longer[3] + 3);
        send(sockets[1], longer, 0, longer.length);
        assertThat(service.next(soon())).isInstanceOf(Reply.Unfit.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000\u0000\u0000\u0000",
                "\u007f\u00ff\u00ff\u00ff",
                "\u00ff\u00ff\u00ff\u00ff",
                "\u0000\u0000\u0000\u0001z",
                "\u0000\u0000\u0000\u0002r\u0001",
                "\u0000\u0000\u0000\u0006s\u0000\u0000\u0000\u0004W",
                "\u0000\u0000\u0000\u0009u\u0000\u0000\u0000\u0004\u00ff\u00ff\u00ff\u00ff"
            })
    void whatIsNoReplyIsAnError(String bytes) throws Exception {
        byte[] array = bytes.getBytes(StandardCharsets.ISO_8859_1);
        send(sockets[1], array, 0, array.length);
        assertThatThrownBy(() -> service.next(soon())).isInstanceOf(IOException.class);
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
