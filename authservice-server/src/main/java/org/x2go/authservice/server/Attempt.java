package org.x2go.authservice.server;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;

/**
 * One request on its way to a verdict: checked against the policy, given one of its user's slots and then a worker, asked
 * of the authenticator, its reply held back for as long as the authenticator says; and answered at its deadline if nothing
 * came of it until then.
 *
 * <p>All of it but {@link #run} belongs to the event loop. Between the two stands one state: who changes it from
 * {@code WAITING} owns the credentials from then on and closes them, who changes it from {@code RUNNING} decides the
 * verdict.
 */
final class Attempt implements Runnable {
    /** How long an attempt stands in line for a slot of its user's. */
    private static final Duration SLOT_PATIENCE = Duration.ofSeconds(10);

    private static final AuthResult NO_MEMORY = AuthResult.error("the memory for requests is used up");
    private static final AuthResult NO_SLOT =
            AuthResult.error("too many attempts for this user are running or waiting out their delay");
    private static final AuthResult QUEUE_FULL = AuthResult.error("too many requests are waiting for a worker");
    private static final AuthResult NO_WORKER = AuthResult.error("no worker was free in time");
    private static final AuthResult PEER_LEFT = AuthResult.error("the peer left before a worker was free");

    private enum State {
        WAITING,
        RUNNING,
        RETURNED,
        EXPIRED,
        DROPPED
    }

    /** Who waits for the verdict. Called on the event loop. */
    interface Asker {
        /** Takes the verdict, at the time when the peer may have it. */
        void reply(Verdict verdict);

        /** Whether the peer has closed its connection, so that nobody would get the reply. */
        boolean hasLeft();
    }

    private final Verifier verifier;
    private final Credentials credentials;
    private final PeerCredentials peer;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

    /** Where this attempt is counted. */
    private final int slot;

    /** What this attempt takes of the memory for requests until its reply is given. */
    private final int bytes;

    private final long started = System.nanoTime();

    private boolean holdsMemory;

    private boolean holdsSlot;

    /** Null once the verdict was given, or the peer has left. */
    private @Nullable Asker asker;

    private @Nullable Future<?> deadline;
    private @Nullable Future<?> slotWait;

    Attempt(Verifier verifier, Credentials credentials, PeerCredentials peer, Asker asker) {
        this.verifier = verifier;
        this.credentials = credentials;
        this.peer = peer;
        this.asker = asker;
        this.bytes = MemoryBudget.bytesOf(credentials);
        this.slot = verifier.slots().indexOf(peer, credentials.user());
    }

    /** Sets out. The reply may come before this returns. False, and no reply, if there is no memory for this attempt. */
    boolean start() {
        holdsMemory = verifier.memory().tryReserve(bytes);
        if (holdsMemory) {
            begin();
        } else {
            asker = null;
            drop(NO_MEMORY);
        }
        return holdsMemory;
    }

    private void begin() {
        if (!verifier.services().allows(credentials.service())) {
            drop(AuthResult.fail("service not allowed"));
            return;
        }
        deadline = after(verifier.requestTimeout(), this::expire);
        if (!verifier.slots().take(slot, this)) {
            slotWait = after(SLOT_PATIENCE, () -> drop(NO_SLOT));
            return;
        }
        holdsSlot = true;
        if (!verifier.workers().submit(this)) {
            drop(QUEUE_FULL);
        }
    }

    /** The slot that this attempt stood in line for is free. False if it has no use for it any more. */
    boolean slotGranted() {
        cancel(slotWait);
        if (asker == null || asker.hasLeft()) {
            drop(PEER_LEFT);
            return false;
        }
        if (!verifier.workers().submit(this)) {
            drop(QUEUE_FULL);
            return false;
        }
        holdsSlot = true;
        return true;
    }

    /** The peer has gone: nobody waits for a verdict. An attempt that a worker has begun goes on to its end. */
    void abandon() {
        asker = null;
        drop(PEER_LEFT);
    }

    /** Asks the authenticator, on a worker. */
    @Override
    public void run() {
        if (!state.compareAndSet(State.WAITING, State.RUNNING)) {
            return;
        }
        long begun = System.nanoTime();
        AuthResult result = ask(verifier.requestTimeout().minusNanos(begun - started));
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        try {
            if (state.compareAndSet(State.RUNNING, State.RETURNED)) {
                RequestLog.verdict(result, credentials, peer, took);
            } else {
                RequestLog.late(result, credentials, peer, took);
            }
        } finally {
            // A log that throws must not cost the peer its reply.
            verifier.onLoop(() -> returned(result, took));
        }
    }

    private AuthResult ask(Duration patience) {
        try (credentials) {
            AuthResult result = verifier.authenticator().authenticate(credentials, peer, patience);
            return Objects.requireNonNull(result, "the authenticator returned nothing");
        } catch (Throwable e) {
            // Whatever it is, errors that native code brings about included, it is not a yes.
            RequestLog.authenticatorFailed(e);
            return AuthResult.error("the authenticator failed");
        }
    }

    private void returned(AuthResult result, Duration took) {
        cancel(deadline);
        verifier.counters().asked(credentials.service(), took);
        if (state.get() == State.EXPIRED) {
            verifier.stuck().returned();
        } else {
            count(result.verdict());
        }
        Duration delay = verifier.capped(result.failDelay());
        if (delay.isZero()) {
            end(result.verdict());
        } else {
            verifier.counters().delayBegun();
            after(delay, () -> {
                verifier.counters().delayOver();
                end(result.verdict());
            });
        }
    }

    private void count(Verdict verdict) {
        verifier.counters().verdict(credentials.service(), verdict);
    }

    private void expire() {
        drop(NO_WORKER);
        if (state.compareAndSet(State.RUNNING, State.EXPIRED)) {
            verifier.stuck().expired(credentials.service());
            count(Verdict.ERROR);
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
        verifier.slots().leave(slot, this);
        verifier.workers().withdraw(this);
        cancel(deadline);
        cancel(slotWait);
        count(result.verdict());
        RequestLog.verdict(result, credentials, peer, Duration.ZERO);
        end(result.verdict());
    }

    private void end(Verdict verdict) {
        if (holdsMemory) {
            verifier.memory().release(bytes);
        }
        if (holdsSlot) {
            holdsSlot = false;
            verifier.slots().free(slot);
        }
        answer(verdict);
    }

    private void answer(Verdict verdict) {
        Asker waiting = asker;
        asker = null;
        if (waiting != null) {
            waiting.reply(verdict);
        }
    }

    private Future<?> after(Duration delay, Runnable task) {
        return verifier.loop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
