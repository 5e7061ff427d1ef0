package org.x2go.authservice.worker.pool;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.auth.LogText;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.worker.channel.Reply;

/**
 * Has credentials checked by PAM workers: processes, each of which checks one at a time, so that a module that crashes,
 * hangs or changes its process costs the request that it was asked for, and no other.
 *
 * <p>There are as many workers as are needed, started before they are; they are replaced when they have served for long
 * enough. A worker that has not answered at its request's deadline is killed.
 *
 * <p>Thread-safe.
 */
public final class WorkerPool implements Authenticator, AutoCloseable {
    /** A process that was killed, or whose connection has ended, is gone in milliseconds. */
    private static final Duration BURIAL = Duration.ofSeconds(2);

    /** For who asks without a deadline. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private final WorkerSource source;
    private final Staff staff;
    private final Hiring hiring;
    private final Diagnostics diagnostics;
    private final AtomicLong killed = new AtomicLong();

    /** Who waits for whose answer, or, if there is nobody, for a worker. */
    private final Map<Thread, Optional<Worker>> asking = new ConcurrentHashMap<>();

    private WorkerPool(WorkerSource source, Staff staff, Hiring hiring, Diagnostics diagnostics) {
        this.source = source;
        this.staff = staff;
        this.hiring = hiring;
        this.diagnostics = diagnostics;
    }

    /**
     * Starts the first worker, and returns when it can take requests, or has died: then others are tried.
     *
     * @param source where workers come from; it is closed with the pool
     * @param most how many there may be at a time
     * @param diagnostics where is told what becomes of workers
     * @throws IOException if workers cannot be started, or say that they cannot work; the message is for an admin
     */
    public static WorkerPool start(WorkerSource source, int most, Diagnostics diagnostics) throws IOException {
        Staff staff = new Staff();
        Hiring hiring = new Hiring(source, staff, most, diagnostics);
        WorkerPool pool = new WorkerPool(source, staff, hiring, diagnostics);
        Optional<IOException> hopeless = hiring.begin();
        if (hopeless.isPresent()) {
            pool.close();
            throw hopeless.get();
        }
        return pool;
    }

    @Override
    public AuthResult authenticate(Credentials credentials, PeerCredentials peer) throws InterruptedException {
        return authenticate(credentials, peer, LONGEST);
    }

    @Override
    public AuthResult authenticate(Credentials credentials, PeerCredentials peer, Duration patience)
            throws InterruptedException {
        asking.put(Thread.currentThread(), Optional.empty());
        try {
            return ask(credentials, peer, System.nanoTime() + patience.toNanos());
        } finally {
            asking.remove(Thread.currentThread());
        }
    }

    private AuthResult ask(Credentials credentials, PeerCredentials peer, long deadline) throws InterruptedException {
        Worker worker = give(credentials, peer, deadline);
        if (worker == null) {
            return AuthResult.error(
                    hiring.isHealthy() ? "no PAM worker was free in time" : "PAM workers die again and again");
        }
        try {
            asking.put(Thread.currentThread(), Optional.of(worker));
            Reply.Answer answer = worker.answer(deadline);
            hiring.answered();
            release(worker, answer.fate());
            return answer.result();
        } catch (SocketTimeoutException e) {
            worker.kill();
            killed.incrementAndGet();
            hiring.dismiss(worker);
            return AuthResult.error("no verdict from PAM in time; its worker was killed");
        } catch (IOException e) {
            worker.kill();
            String ending = lose(worker);
            String service = LogText.escape(credentials.service());
            diagnostics.error(worker + " died in PAM service " + service + " (" + ending
                    + "): see the module's own log," + " or who else may have ended it");
            hiring.died();
            return AuthResult.error("the PAM worker died (" + ending + ")");
        }
    }

    /** While a caller stands in line for a worker, others who ask could only stand behind it: that counts as well. */
    @Override
    public boolean isComputing(Thread caller) {
        Optional<Worker> worker = asking.get(caller);
        return worker != null && (worker.isEmpty() || worker.get().isComputing());
    }

    /** Gives a request to a worker that is free. One that has died while it had nothing to do costs no request. */
    private @Nullable Worker give(Credentials credentials, PeerCredentials peer, long deadline)
            throws InterruptedException {
        while (true) {
            Worker worker = staff.take(deadline);
            if (worker == null) {
                return null;
            }
            try {
                worker.ask(credentials, peer);
                return worker;
            } catch (IOException e) {
                worker.kill();
                diagnostics.warn(worker + " ended while it had nothing to do (" + lose(worker) + ")");
                hiring.died();
            }
        }
    }

    private void release(Worker worker, Reply.Fate fate) {
        if (fate == Reply.Fate.ENDS) {
            hiring.dismiss(worker);
            return;
        }
        worker.retires |= fate == Reply.Fate.RETIRES;
        staff.release(worker);
    }

    private String lose(Worker worker) {
        staff.remove(worker);
        return worker.bury(BURIAL);
    }

    /** Whether requests have a chance: false if workers have died again and again, without any answer in between. */
    public boolean isHealthy() {
        return hiring.isHealthy();
    }

    /** What there is now, and what has been so far. */
    public PoolStatistics statistics() {
        return new PoolStatistics(
                staff.size(),
                hiring.allStarted(),
                hiring.allDied(),
                killed.get(),
                hiring.isHealthy(),
                hiring.canHaveWorkers());
    }

    /** How many workers there are now. */
    public int size() {
        return staff.size();
    }

    /** Ends all workers, whatever they are doing: who waits for an answer gets an error. Closing again does nothing. */
    @Override
    public void close() {
        hiring.close();
        staff.close();
        for (Worker worker : staff.all()) {
            worker.kill();
        }
        source.close();
        for (Worker worker : staff.idle()) {
            lose(worker);
        }
    }
}
