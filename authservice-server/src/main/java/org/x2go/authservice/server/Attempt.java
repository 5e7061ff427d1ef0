package org.x2go.authservice.server;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;

/**
 * One request on its way to a verdict: checked against the policy, given a worker, asked of the authenticator, its reply
 * held back for as long as the authenticator says; and answered at its deadline if nothing came of it until then.
 *
 * <p>All of it but {@link #run} belongs to the event loop. Between the two stands one state: who changes it from
 * {@code WAITING} owns the credentials from then on and closes them, who changes it from {@code RUNNING} decides the
 * verdict.
 */
final class Attempt implements Runnable {
    private enum State {
        WAITING,
        RUNNING,
        RETURNED,
        EXPIRED,
        DROPPED
    }

    /** Takes the verdict, on the event loop, at the time when the peer may have it. */
    interface Reply {
        void send(Verdict verdict);
    }

    private final Verifier verifier;
    private final Credentials credentials;
    private final PeerCredentials peer;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

    /** Null once the verdict was given, or the peer has left. */
    private @Nullable Reply reply;

    private @Nullable Future<?> deadline;

    Attempt(Verifier verifier, Credentials credentials, PeerCredentials peer, Reply reply) {
        this.verifier = verifier;
        this.credentials = credentials;
        this.peer = peer;
        this.reply = reply;
    }

    /** Sets out. The reply may come before this returns. */
    void start() {
        if (!verifier.services().allows(credentials.service())) {
            drop(AuthResult.fail("service not allowed"));
            return;
        }
        deadline =
                verifier.loop().schedule(this::expire, verifier.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
        if (!verifier.workers().submit(this)) {
            drop(AuthResult.error("too many requests are waiting for a worker"));
        }
    }

    /** The peer has gone: nobody waits for a verdict. An attempt that a worker has begun goes on to its end. */
    void abandon() {
        reply = null;
        drop(AuthResult.error("the peer left before a worker was free"));
    }

    /** Asks the authenticator, on a worker. */
    @Override
    public void run() {
        if (!state.compareAndSet(State.WAITING, State.RUNNING)) {
            return;
        }
        long begun = System.nanoTime();
        AuthResult result = ask();
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        boolean inTime = state.compareAndSet(State.RUNNING, State.RETURNED);
        if (inTime) {
            RequestLog.verdict(result, credentials, peer, took);
        } else {
            RequestLog.late(result, credentials, peer, took);
        }
        verifier.onLoop(() -> returned(result));
    }

    private AuthResult ask() {
        try (credentials) {
            return verifier.authenticator().authenticate(credentials, peer);
        } catch (Throwable e) {
            // Whatever it is, errors that native code brings about included, it is not a yes.
            RequestLog.authenticatorFailed(e);
            return AuthResult.error("the authenticator failed");
        }
    }

    private void returned(AuthResult result) {
        cancelDeadline();
        if (state.get() == State.EXPIRED) {
            verifier.stuck().returned();
        }
        Duration delay = verifier.capped(result.failDelay());
        if (delay.isZero()) {
            answer(result.verdict());
        } else {
            verifier.loop().schedule(() -> answer(result.verdict()), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void expire() {
        drop(AuthResult.error("no worker was free in time"));
        if (state.compareAndSet(State.RUNNING, State.EXPIRED)) {
            verifier.stuck().expired(credentials.service());
            RequestLog.expired(credentials, peer, verifier.requestTimeout());
            answer(Verdict.ERROR);
        }
    }

    /** Ends an attempt that no worker has begun; does nothing to another. */
    private void drop(AuthResult result) {
        if (!state.compareAndSet(State.WAITING, State.DROPPED)) {
            return;
        }
        credentials.close();
        verifier.workers().withdraw(this);
        cancelDeadline();
        RequestLog.verdict(result, credentials, peer, Duration.ZERO);
        answer(result.verdict());
    }

    private void answer(Verdict verdict) {
        Reply waiting = reply;
        reply = null;
        if (waiting != null) {
            waiting.send(verdict);
        }
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
