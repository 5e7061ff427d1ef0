package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;

/** The whole pipeline on an embedded channel, whose clock stands still until a test moves it. */
@Timeout(60)
class AuthenticationHandlerTest {
    private static final String REQUEST = "alice\rsecret\rx2gobroker\n";

    private final BlockingQueue<AuthResult> results = new LinkedBlockingQueue<>();
    private final BlockingQueue<Credentials> asked = new LinkedBlockingQueue<>();
    private final WipingAllocator allocator = new WipingAllocator(4096);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    private EmbeddedChannel open(AuthServerConfig.Builder config) {
        channel.freezeTime();
        channel.config().setAutoRead(false);
        Verifier verifier = new Verifier(
                config.build(),
                (credentials, peer) -> {
                    asked.add(credentials);
                    return results.take();
                },
                channel.eventLoop());
        channel.pipeline()
                .addLast(
                        new RequestFrameDecoder(4096),
                        new CredentialDecoder(),
                        new VerdictEncoder(),
                        new AuthenticationHandler(new PeerCredentials(1, 2, 3), verifier));
        channel.pipeline().fireChannelActive();
        return channel;
    }

    private static AuthServerConfig.Builder config() {
        return AuthServerConfig.builder(Path.of("unused")).workers(1);
    }

    @AfterEach
    void releaseWorkersAndBuffers() {
        results.add(AuthResult.error("the test is over"));
        channel.finishAndReleaseAll();
    }

    private void send(String bytes) {
        channel.writeInbound(allocator.directBuffer(4096).writeBytes(bytes.getBytes(ISO_8859_1)));
    }

    /** Gives the worker its result, and waits until the event loop has it. */
    private void resolve(AuthResult result) throws InterruptedException {
        Credentials credentials = asked.poll(30, TimeUnit.SECONDS);
        assertThat(credentials).isNotNull();
        results.add(result);
        while (!channel.hasPendingTasks()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        channel.runPendingTasks();
    }

    private List<String> replies() {
        List<String> replies = new ArrayList<>();
        for (ByteBuf reply = channel.readOutbound(); reply != null; reply = channel.readOutbound()) {
            replies.add(reply.toString(ISO_8859_1));
            reply.release();
        }
        return replies;
    }

    @Test
    void answersWithTheVerdict() throws InterruptedException {
        open(config());
        send(REQUEST);
        assertThat(replies()).isEmpty();
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
    }

    @Test
    void asksForTheNextRequestOnlyWhenTheOneBeforeIsAnswered() throws InterruptedException {
        open(config());
        send(REQUEST + "bad\n" + REQUEST);
        assertThat(replies()).isEmpty();
        resolve(AuthResult.fail("wrong password"));
        assertThat(replies()).containsExactly("fail\n", "bad\n");
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
    }

    @Test
    void holdsTheReplyBackForTheFailDelayAndFreesTheWorkerAtOnce() throws InterruptedException {
        open(config());
        send(REQUEST);
        resolve(AuthResult.fail("wrong password").delayedBy(Duration.ofMillis(2500)));
        channel.advanceTimeBy(2499, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        assertThat(replies()).isEmpty();
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        assertThat(replies()).containsExactly("fail\n");
    }

    @Test
    void holdsNoReplyBackForLongerThanTheLimit() throws InterruptedException {
        open(config().maxFailDelay(Duration.ofSeconds(3)));
        send(REQUEST);
        resolve(AuthResult.fail("wrong password").delayedBy(Duration.ofHours(1)));
        channel.advanceTimeBy(3, TimeUnit.SECONDS);
        channel.runPendingTasks();
        assertThat(replies()).containsExactly("fail\n");
    }

    @Test
    void wipesThePasswordBeforeTheFailDelay() throws InterruptedException {
        open(config());
        send(REQUEST);
        Credentials credentials = asked.take();
        asked.add(credentials);
        var password = credentials.password();
        resolve(AuthResult.fail("wrong password").delayedBy(Duration.ofSeconds(2)));
        assertThat(ISO_8859_1.decode(password).toString()).isEqualTo("\0".repeat(6));
    }

    @Test
    void answersErrorAtTheDeadlineAndIgnoresTheLateResult() throws InterruptedException {
        open(config().requestTimeout(Duration.ofSeconds(60)));
        send(REQUEST);
        asked.add(asked.take());
        channel.advanceTimeBy(60, TimeUnit.SECONDS);
        channel.runPendingTasks();
        assertThat(replies()).containsExactly("error\n");
        resolve(AuthResult.ok());
        assertThat(replies()).isEmpty();
    }

    @Test
    void dropsARequestThatNoWorkerHasBegunWhenItsPeerLeaves() throws InterruptedException {
        open(config());
        Verifier verifier = new Verifier(config().build(), (c, p) -> results.take(), channel.eventLoop());
        Credentials first = Credentials.copyOf("a", ISO_8859_1.encode("x"), "x2gobroker");
        Credentials second = Credentials.copyOf("b", ISO_8859_1.encode("y"), "x2gobroker");
        new Attempt(verifier, first, new PeerCredentials(1, 2, 3), verdict -> {}).start();
        Attempt waiting = new Attempt(verifier, second, new PeerCredentials(1, 2, 3), verdict -> {
            throw new AssertionError("the peer has left");
        });
        waiting.start();
        var password = second.password();
        waiting.abandon();
        assertThat(ISO_8859_1.decode(password).toString()).isEqualTo("\0");
    }

    @Test
    void answersAPeerThatHasEndedItsInputAndThenCloses() throws InterruptedException {
        open(config());
        send(REQUEST);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(channel.isOpen()).isTrue();
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whenStoppedAnswersTheRequestInFlightAndNoOther() throws InterruptedException {
        open(config());
        send(REQUEST + REQUEST);
        channel.pipeline().fireUserEventTriggered(AuthenticationHandler.STOP);
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
        assertThat(channel.isOpen()).isFalse();
    }
}
