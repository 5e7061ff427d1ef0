package org.x2go.authservice.server;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;

/**
 * One request until its verdict: it is checked against the policy, acquires a permit of its user, is passed to the
 * authenticator, and its reply is delayed as the authenticator says. At its deadline it is answered {@code error}.
 * ARCHITECTURE.md draws the states. Used on the event loop.
 */
final class Attempt {
    /** How long an attempt waits for a permit of its user. */
    private static final Duration PERMIT_TIMEOUT = Duration.ofSeconds(10);

    private static final AuthResult NO_MEMORY = AuthResult.error("the memory for requests is used up");
    private static final AuthResult NOT_ALLOWED = AuthResult.fail("service not allowed");
    private static final AuthResult NO_PERMIT =
            AuthResult.error("too many attempts for this user are running or delayed");
    private static final AuthResult PEER_LEFT = AuthResult.error("the client disconnected before PAM was called");

    private enum State {
        NEW,
        /** Waits for a permit of its user. */
        WAITING,
        /** The authenticator checks it. */
        RUNNING,
        /** Answered at its deadline, but the authenticator has not returned and cannot be stopped. */
        HUNG,
        /** The verdict is known, and the fail delay runs. */
        DELAYED,
        DONE
    }

    private final ServerContext context;
    private final Credentials credentials;
    private final PeerCredentials peer;
    private final BooleanSupplier peerClosed;
    private final PerUserLimiter.Key user;
    private final BooleanSupplier onPermit = this::permitGranted;

    /** What this attempt reserves of the memory budget. */
    private final int bytes;

    private State state = State.NEW;
    private boolean holdsMemory;
    private boolean holdsPermit;

    /** Null once the verdict was given, or the peer has left. */
    private @Nullable Consumer<Verdict> listener;

    private @Nullable CompletableFuture<AuthResult> result;
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> permitTimeout;

    /**
     * @param listener receives the verdict when it may be sent to the peer
     * @param peerClosed whether the peer has closed its connection, so that nobody would get the reply
     */
    Attempt(
            ServerContext context,
            Credentials credentials,
            PeerCredentials peer,
            Consumer<Verdict> listener,
            BooleanSupplier peerClosed) {
        this.context = context;
        this.credentials = credentials;
        this.peer = peer;
        this.listener = listener;
        this.peerClosed = peerClosed;
        this.bytes = MemoryBudget.bytesOf(credentials);
        this.user = PerUserLimiter.Key.of(peer, credentials.user());
    }

    /**
     * Starts the attempt; the reply may come before this returns. Returns false, without a reply, if the memory budget
     * is used up.
     */
    boolean start() {
        holdsMemory = context.memory().tryReserve(bytes);
        if (holdsMemory) {
            begin();
        } else {
            listener = null;
            refuse(NO_MEMORY);
        }
        return holdsMemory;
    }

    private void begin() {
        if (!context.services().allows(credentials.service())) {
            refuse(NOT_ALLOWED);
            return;
        }
        deadline = after(context.requestTimeout(), this::expire);
        if (context.limiter().tryAcquire(user, onPermit)) {
            holdsPermit = true;
            ask();
        } else {
            state = State.WAITING;
            permitTimeout = after(PERMIT_TIMEOUT, () -> refuse(NO_PERMIT));
        }
    }

    /** Returns false if this attempt no longer needs the permit. */
    private boolean permitGranted() {
        if (listener == null || peerClosed.getAsBoolean()) {
            refuse(PEER_LEFT);
            return false;
        }
        cancel(permitTimeout);
        holdsPermit = true;
        // In a new task: otherwise a thousand waiting attempts that end at once would recurse a thousand deep.
        context.loop().execute(this::ask);
        return true;
    }

    private void ask() {
        if (state == State.DONE) {
            return;
        }
        state = State.RUNNING;
        try {
            result = context.authenticator().authenticate(credentials, peer).toCompletableFuture();
        } catch (RuntimeException | Error e) {
            result = CompletableFuture.failedFuture(e);
        }
        var unused = result.whenComplete((verdict, failure) -> onLoop(() -> answered(verdict, failure)));
    }

    private void onLoop(Runnable task) {
        if (context.loop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            context.loop().execute(task);
        } catch (RejectedExecutionException e) {
            RequestLog.nobodyLeft();
        }
    }

    private void answered(@Nullable AuthResult returned, @Nullable Throwable failure) {
        credentials.close();
        cancel(deadline);
        AuthResult verdict = verdictOf(returned, failure);
        if (!verdict.took().isZero()) {
            context.counters().asked(credentials.service(), verdict.took());
        }
        if (state == State.HUNG) {
            RequestLog.late(verdict, credentials, peer);
        } else {
            conclude(verdict);
        }
        Duration delay = context.capped(verdict.failDelay());
        if (delay.isZero()) {
            end(verdict.verdict());
        } else {
            state = State.DELAYED;
            context.counters().delayBegun();
            after(delay, () -> {
                context.counters().delayOver();
                end(verdict.verdict());
            });
        }
    }

    /** No exception is ever {@code ok}. */
    private static AuthResult verdictOf(@Nullable AuthResult returned, @Nullable Throwable failure) {
        if (failure == null && returned != null) {
            return returned;
        }
        if (failure instanceof CancellationException) {
            return AuthResult.error("no verdict in time");
        }
        RequestLog.authenticatorFailed(
                Objects.requireNonNullElseGet(failure, () -> new NullPointerException("no result")));
        return AuthResult.error("the authenticator failed");
    }

    /** The peer has disconnected, so nobody waits for the verdict. A check that still waits is dropped, one that runs goes on. */
    void abandon() {
        listener = null;
        if (state == State.WAITING) {
            refuse(PEER_LEFT);
        } else if (state == State.RUNNING && result != null) {
            result.cancel(false);
        }
    }

    private void expire() {
        if (state == State.WAITING) {
            refuse(NO_PERMIT);
        } else if (state == State.RUNNING && result != null && !result.cancel(true)) {
            state = State.HUNG;
            AuthResult hung = AuthResult.error("no verdict from PAM in time; its thread still hangs")
                    .measured(context.requestTimeout());
            conclude(hung);
            answer(Verdict.ERROR);
        }
    }

    /** Ends an attempt that was not passed to the authenticator. */
    private void refuse(AuthResult reason) {
        credentials.close();
        cancel(deadline);
        cancel(permitTimeout);
        context.limiter().cancel(user, onPermit);
        conclude(reason);
        end(reason.verdict());
    }

    /** Counts and logs the verdict, as soon as it is known. A log that throws must not cost the peer its reply. */
    private void conclude(AuthResult verdict) {
        context.counters().verdict(credentials.service(), verdict.verdict());
        boolean pamAsked = !verdict.took().isZero();
        try {
            if (pamAsked || context.refusals().tryAcquire(verdict.verdict(), verdict.reason(), peer)) {
                RequestLog.verdict(verdict, credentials, peer);
            }
        } catch (RuntimeException e) {
            RequestLog.failed(e);
        }
    }

    private void end(Verdict verdict) {
        state = State.DONE;
        if (holdsMemory) {
            context.memory().release(bytes);
        }
        if (holdsPermit) {
            holdsPermit = false;
            context.limiter().release(user);
        }
        answer(verdict);
    }

    private void answer(Verdict verdict) {
        Consumer<Verdict> waiting = listener;
        listener = null;
        if (waiting != null) {
            waiting.accept(verdict);
        }
    }

    private Future<?> after(Duration delay, Runnable task) {
        return context.loop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
