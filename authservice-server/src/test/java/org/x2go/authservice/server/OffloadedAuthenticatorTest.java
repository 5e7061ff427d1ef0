package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.CapturedLog;
import org.x2go.authservice.testsupport.Program;

/** Real threads, and an event loop with a clock that only the test moves. */
@Timeout(60)
class OffloadedAuthenticatorTest {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static final int MAX_THREADS = PROCESSORS + 2;
    private static final int GROW_MILLIS = 5;
    private static final PeerCredentials PEER = new PeerCredentials(1, 2, 3);

    private final EmbeddedChannel channel = new EmbeddedChannel();

    /** Tasks of PAM threads for the event loop: the queue of an EmbeddedChannel is not thread-safe. */
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private final EventLoop loop = (EventLoop) Proxy.newProxyInstance(
            EventLoop.class.getClassLoader(), new Class<?>[] {EventLoop.class}, (proxy, method, args) -> {
                if (method.getName().equals("execute")) {
                    tasks.add((Runnable) args[0]);
                    return null;
                }
                return method.invoke(channel.eventLoop(), args);
            });
    private final Semaphore release = new Semaphore(0);
    private final AtomicInteger begun = new AtomicInteger();
    private final Authenticator blocking = (credentials, peer) -> {
        begun.incrementAndGet();
        release.acquire();
        return AuthResult.ok();
    };
    private final AtomicInteger threadsToRefuse = new AtomicInteger();
    private final ThreadFactory factory = task -> {
        if (threadsToRefuse.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    };
    private final OffloadedAuthenticator offloaded = with(blocking);

    private OffloadedAuthenticator with(Authenticator authenticator) {
        channel.freezeTime();
        return new OffloadedAuthenticator(authenticator, MAX_THREADS, 20, loop, factory);
    }

    @AfterEach
    void letGo() {
        release.release(1000);
        offloaded.close();
    }

    private static Credentials credentials() {
        return Credentials.copyOf("alice", ISO_8859_1.encode("secret"), "service");
    }

    private List<CompletableFuture<AuthResult>> ask(int times) {
        List<CompletableFuture<AuthResult>> asked = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            asked.add(offloaded.authenticate(credentials(), PEER));
        }
        return asked;
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private void awaitBegun(int count) throws InterruptedException {
        Program.await("so many have begun: " + count, () -> begun.get() == count);
    }

    private AuthResult await(CompletableFuture<AuthResult> result) throws InterruptedException {
        Program.await("it is done", () -> {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            return result.isDone();
        });
        return result.join();
    }

    @Test
    void threadsEqualProcessorsUntilARequestWaits() throws InterruptedException {
        ask(PROCESSORS + 1);
        awaitBegun(PROCESSORS);
        pass(GROW_MILLIS - 1);
        assertThat(offloaded.load().waiting()).isEqualTo(1);
        pass(1);
        awaitBegun(PROCESSORS + 1);
    }

    @Test
    void threadsGrowOneByOneUpToTheLimit() throws InterruptedException {
        ask(MAX_THREADS + 3);
        awaitBegun(PROCESSORS);
        pass(GROW_MILLIS);
        awaitBegun(PROCESSORS + 1);
        pass(GROW_MILLIS);
        awaitBegun(PROCESSORS + 2);
        pass(GROW_MILLIS);
        pass(GROW_MILLIS);
        assertThat(offloaded.load().running()).isEqualTo(MAX_THREADS);
        assertThat(offloaded.load().waiting()).isEqualTo(3);
    }

    @Test
    void extraThreadsExitAfterAMinute() throws InterruptedException {
        List<CompletableFuture<AuthResult>> many = ask(MAX_THREADS);
        pass(GROW_MILLIS);
        pass(GROW_MILLIS);
        awaitBegun(MAX_THREADS);
        release.release(MAX_THREADS);
        for (CompletableFuture<AuthResult> each : many) {
            assertThat(await(each).verdict()).isEqualTo(Verdict.OK);
        }
        assertThat(offloaded.size()).isEqualTo(MAX_THREADS);
        pass(TimeUnit.MINUTES.toMillis(2));
        ask(1);
        assertThat(offloaded.size()).isEqualTo(PROCESSORS);
    }

    @Test
    void queueIsBounded() throws InterruptedException {
        ask(PROCESSORS + 20);
        awaitBegun(PROCESSORS);
        List<CompletableFuture<AuthResult>> beyond = ask(PROCESSORS + 20);
        assertThat(await(beyond.get(beyond.size() - 1)).reason()).contains("too many requests");
    }

    @Test
    void failedThreadStartCostsNoVerdict() throws InterruptedException {
        threadsToRefuse.set(2);
        try (CapturedLog log = new CapturedLog("org.x2go.authservice.server")) {
            List<CompletableFuture<AuthResult>> asked = ask(3);
            assertThat(offloaded.load().waiting()).isEqualTo(3);
            pass(1000);
            pass(1000);
            pass(1000);
            release.release(3);
            for (CompletableFuture<AuthResult> each : asked) {
                assertThat(await(each).verdict()).isEqualTo(Verdict.OK);
            }
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("ERROR Cannot start a PAM thread"))
                    .hasSizeBetween(1, 2);
        }
    }

    @Test
    void cancelledQueuedRequestIsWiped() throws InterruptedException {
        ask(PROCESSORS);
        awaitBegun(PROCESSORS);
        Credentials credentials = credentials();
        CompletableFuture<AuthResult> waiting = offloaded.authenticate(credentials, PEER);
        assertThat(waiting.cancel(false)).isTrue();
        assertThat(waiting.join().reason()).contains("the client disconnected");
        assertThatThrownBy(credentials::password).isInstanceOf(IllegalStateException.class);
        assertThat(offloaded.load().waiting()).isZero();
    }

    @Test
    void cancelledRunningRequestIsHungUntilItReturns() throws InterruptedException {
        CompletableFuture<AuthResult> running = ask(1).get(0);
        awaitBegun(1);
        assertThat(running.cancel(false)).isFalse();
        assertThat(offloaded.load().hung()).isZero();
        assertThat(running.cancel(true)).isFalse();
        assertThat(running.cancel(true)).isFalse();
        assertThat(offloaded.load().hung()).isEqualTo(1);
        release.release();
        assertThat(await(running).verdict()).isEqualTo(Verdict.OK);
        assertThat(offloaded.load().hung()).isZero();
    }

    @Test
    @SuppressWarnings("NullAway") // An authenticator that was compiled without NullAway may return null.
    void exceptionOrNullIsAnError() throws InterruptedException {
        OffloadedAuthenticator throwing = with((credentials, peer) -> {
            throw new StackOverflowError("deep");
        });
        OffloadedAuthenticator silent = with((credentials, peer) -> null);
        assertThat(await(throwing.authenticate(credentials(), PEER)).verdict()).isEqualTo(Verdict.ERROR);
        assertThat(await(silent.authenticate(credentials(), PEER)).verdict()).isEqualTo(Verdict.ERROR);
        throwing.close();
        silent.close();
    }
}
