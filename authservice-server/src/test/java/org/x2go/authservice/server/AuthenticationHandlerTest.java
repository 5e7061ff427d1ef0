package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
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
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.Program;

/** The whole pipeline on an embedded channel, with a clock that only the test moves. */
@Timeout(60)
class AuthenticationHandlerTest {
    private static final String REQUEST = "alice\rsecret\rx2gobroker\n";

    private final BlockingQueue<AuthResult> results = new LinkedBlockingQueue<>();
    private final BlockingQueue<Credentials> asked = new LinkedBlockingQueue<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private ServerContext context = context(config());
    private WipingAllocator allocator = new WipingAllocator(4096, context.memory());

    private EmbeddedChannel open(AuthServerConfig.Builder config) {
        channel.freezeTime();
        channel.config().setAutoRead(false);
        context = context(config);
        allocator = new WipingAllocator(4096, context.memory());
        channel.pipeline()
                .addLast(
                        new RequestFrameDecoder(
                                4096,
                                allocator,
                                new TurnQueue(channel.eventLoop(), Duration.ZERO),
                                new ReadTimeout(Duration.ZERO, Duration.ofSeconds(10))),
                        CredentialDecoder.INSTANCE,
                        VerdictEncoder.INSTANCE,
                        new AuthenticationHandler(new PeerCredentials(1, 2, 3), context, Duration.ofSeconds(10)));
        channel.pipeline().fireChannelActive();
        return channel;
    }

    private static AuthServerConfig.Builder config() {
        return AuthServerConfig.builder(Path.of("unused")).limit(Limit.WORKERS, 1);
    }

    @AfterEach
    void releaseWorkersAndBuffers() {
        for (int i = 0; i < 8; i++) {
            results.add(AuthResult.error("the test is over"));
        }
        channel.finishAndReleaseAll();
    }

    private void send(String bytes) {
        channel.writeInbound(allocator.directBuffer(4096).writeBytes(bytes.getBytes(ISO_8859_1)));
    }

    /** Completes the authenticator's result, and waits until the event loop has it. */
    private void resolve(AuthResult result) throws InterruptedException {
        Credentials credentials = asked.poll(30, TimeUnit.SECONDS);
        assertThat(credentials).isNotNull();
        results.add(result);
        Program.await("the event loop has the result", channel::hasPendingTasks);
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
    void requestGetsTheVerdict() throws InterruptedException {
        open(config());
        send(REQUEST);
        assertThat(replies()).isEmpty();
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
    }

    @Test
    void nextRequestIsReadAfterTheReply() throws InterruptedException {
        open(config());
        send(REQUEST + "bad\n" + REQUEST);
        assertThat(replies()).isEmpty();
        resolve(AuthResult.fail("wrong password"));
        assertThat(replies()).containsExactly("fail\n", "bad\n");
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
    }

    @Test
    void failDelayHoldsTheReplyButNoPamThread() throws InterruptedException {
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
    void failDelayIsLimited() throws InterruptedException {
        open(config().limit(Limit.MAX_FAIL_DELAY, Duration.ofSeconds(3)));
        send(REQUEST);
        resolve(AuthResult.fail("wrong password").delayedBy(Duration.ofHours(1)));
        channel.advanceTimeBy(3, TimeUnit.SECONDS);
        channel.runPendingTasks();
        assertThat(replies()).containsExactly("fail\n");
    }

    @Test
    void passwordIsWipedBeforeTheFailDelay() throws InterruptedException {
        open(config());
        send(REQUEST);
        Credentials credentials = asked.take();
        asked.add(credentials);
        var password = credentials.password();
        resolve(AuthResult.fail("wrong password").delayedBy(Duration.ofSeconds(2)));
        assertThat(ISO_8859_1.decode(password).toString()).isEqualTo("\0".repeat(6));
    }

    @Test
    void deadlineIsAnErrorAndTheLateResultIsIgnored() throws InterruptedException {
        open(config().limit(Limit.REQUEST_TIMEOUT, Duration.ofSeconds(60)));
        send(REQUEST);
        asked.add(asked.take());
        channel.advanceTimeBy(60, TimeUnit.SECONDS);
        channel.runPendingTasks();
        assertThat(replies()).containsExactly("error\n");
        resolve(AuthResult.ok());
        assertThat(replies()).isEmpty();
    }

    @Test
    void disconnectCancelsTheQueuedRequest() throws InterruptedException {
        open(config());
        ServerContext context = context(config());
        Credentials first = Credentials.copyOf("a", ISO_8859_1.encode("x"), "x2gobroker");
        Credentials second = Credentials.copyOf("b", ISO_8859_1.encode("y"), "x2gobroker");
        attempt(context, first, new NotedReplies()).start();
        NotedReplies verdicts = new NotedReplies();
        Attempt waiting = attempt(context, second, verdicts);
        waiting.start();
        var password = second.password();
        waiting.abandon();
        assertThat(ISO_8859_1.decode(password).toString()).isEqualTo("\0");
        assertThat(verdicts.noted).isEmpty();
    }

    @Test
    void endOfInputIsAnsweredThenClosed() throws InterruptedException {
        open(config());
        send(REQUEST);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(channel.isOpen()).isTrue();
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void requestReadBeforeAStopIsAnsweredThenClosed() throws InterruptedException {
        open(config());
        send(REQUEST + REQUEST);
        channel.pipeline().fireUserEventTriggered(AuthenticationHandler.STOP);
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
        assertThat(replies()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void requestInTransitAtAStopIsAnswered() throws InterruptedException {
        open(config());
        channel.pipeline().fireUserEventTriggered(AuthenticationHandler.STOP);
        channel.advanceTimeBy(999, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        send(REQUEST);
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runPendingTasks();
        resolve(AuthResult.ok());
        assertThat(replies()).containsExactly("ok\n");
    }

    @Test
    void idleConnectionGetsErrorAfterAStop() {
        open(config());
        channel.pipeline().fireUserEventTriggered(AuthenticationHandler.STOP);
        channel.advanceTimeBy(1000, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        assertThat(replies()).containsExactly("error\n");
    }

    @Test
    void unfinishedRequestIsClosedAtTheReadTimeout() {
        open(config());
        send("alice\rsec");
        channel.advanceTimeBy(9, TimeUnit.SECONDS);
        channel.runPendingTasks();
        send("r");
        assertThat(replies()).isEmpty();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runPendingTasks();
        assertThat(replies()).containsExactly("error\n");
    }

    @Test
    void requestBeyondTheMemoryBudgetIsAnError() {
        open(config().limit(Limit.MAX_UNREAD_BYTES, 1 << 20));
        context.memory().reserve(1 << 20);
        send(REQUEST + REQUEST);
        assertThat(replies()).containsExactly("error\n");
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(context.memory().reserved()).isEqualTo(1 << 20);
    }

    @Test
    void requestReservesMemoryUntilItsReply() throws InterruptedException {
        open(config());
        send(REQUEST);
        assertThat(context.memory().reserved()).isPositive();
        resolve(AuthResult.fail("wrong password").delayedBy(Duration.ofSeconds(2)));
        // As when the peer disconnects.
        channel.pipeline().remove(AuthenticationHandler.class);
        assertThat(context.memory().reserved()).as("the delay goes on").isPositive();
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runPendingTasks();
        assertThat(context.memory().reserved()).isZero();
    }

    @Test
    void outOfMemoryClosesOneConnectionAndIsReported() {
        open(config());
        OutOfMemoryError error = new OutOfMemoryError("Cannot reserve 4096 bytes of direct buffer memory");
        List<Throwable> reported = new ArrayList<>();
        Thread thread = Thread.currentThread();
        thread.setUncaughtExceptionHandler((where, what) -> reported.add(what));
        try {
            channel.pipeline().fireExceptionCaught(error);
        } finally {
            thread.setUncaughtExceptionHandler(null);
        }
        assertThat(reported).containsExactly(error);
        assertThat(replies()).containsExactly("error\n");
    }

    @Test
    void peerWithoutARequestHasNoReadTimeout() {
        open(config());
        channel.advanceTimeBy(30, TimeUnit.DAYS);
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void userHasNoMoreRunningAttemptsThanPermits() throws InterruptedException {
        open(config().limit(Limit.WORKERS, 4));
        ServerContext context = context(config().limit(Limit.WORKERS, 4).limit(Limit.MAX_ATTEMPTS_PER_USER, 2));
        List<NotedReplies> attempts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            attempts.add(attempt(context, i % 2 == 0 ? "bob" : "BOB"));
        }
        NotedReplies other = attempt(context, "carol");
        resolve(AuthResult.fail("wrong").delayedBy(Duration.ofSeconds(2)));
        resolve(AuthResult.fail("wrong").delayedBy(Duration.ofSeconds(2)));
        resolve(AuthResult.fail("wrong").delayedBy(Duration.ofSeconds(2)));
        assertThat(asked).as("the third attempt for bob waits").isEmpty();
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runPendingTasks();
        // The next attempt in line starts by itself.
        channel.runPendingTasks();
        assertThat(attempts.get(2).noted).isEmpty();
        resolve(AuthResult.ok());
        assertThat(attempts.get(2).noted).containsExactly(Verdict.OK);
        assertThat(other.noted).containsExactly(Verdict.FAIL);
    }

    @Test
    void attemptWithoutAPermitForTenSecondsIsAnError() {
        open(config());
        ServerContext context = context(config().limit(Limit.MAX_ATTEMPTS_PER_USER, 1));
        attempt(context, "bob");
        NotedReplies second = attempt(context, "bob");
        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        channel.runPendingTasks();
        assertThat(second.noted).containsExactly(Verdict.ERROR);
    }

    @Test
    void permitGoesToNoDisconnectedPeer() throws InterruptedException {
        open(config());
        ServerContext context = context(config().limit(Limit.MAX_ATTEMPTS_PER_USER, 1));
        attempt(context, "bob");
        NotedReplies gone = attempt(context, "bob");
        gone.peerClosed = true;
        NotedReplies third = attempt(context, "bob");
        resolve(AuthResult.ok());
        resolve(AuthResult.ok());
        assertThat(third.noted).containsExactly(Verdict.OK);
        assertThat(asked).isEmpty();
    }

    private ServerContext context(AuthServerConfig.Builder builder) {
        AuthServerConfig config = builder.build();
        Authenticator authenticator = (credentials, peer) -> {
            asked.add(credentials);
            return results.take();
        };
        return new ServerContext(
                config,
                new OffloadedAuthenticator(
                        authenticator,
                        config.limit(Limit.WORKERS),
                        config.limit(Limit.MAX_QUEUED_REQUESTS),
                        channel.eventLoop()),
                channel.eventLoop());
    }

    private static NotedReplies attempt(ServerContext context, String user) {
        NotedReplies replies = new NotedReplies();
        attempt(context, Credentials.copyOf(user, ISO_8859_1.encode("x"), "x2gobroker"), replies)
                .start();
        return replies;
    }

    private static Attempt attempt(ServerContext context, Credentials credentials, NotedReplies replies) {
        return new Attempt(
                context, credentials, new PeerCredentials(1, 2, 3), replies.noted::add, () -> replies.peerClosed);
    }

    /** Records the replies of an attempt; the test sets whether its peer has disconnected. */
    private static final class NotedReplies {
        private final List<Verdict> noted = new ArrayList<>();
        private boolean peerClosed;
    }
}
