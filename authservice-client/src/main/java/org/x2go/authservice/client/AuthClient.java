package org.x2go.authservice.client;

import java.io.InterruptedIOException;
import java.nio.CharBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.x2go.authservice.protocol.RequestFormat;

/**
 * Has the authservice check users' passwords.
 *
 * <pre>{@code
 * try (AuthClient client = AuthClient.builder().build()) {
 *     if (client.authenticate("alice", password)) {
 *         // let her in
 *     }
 * } catch (AuthServiceException e) {
 *     // no verdict: refuse, and tell the operator e.getMessage()
 * }
 * }</pre>
 *
 * <p><b>Answers.</b> {@code true} means that PAM accepted this user, password and service; {@code false}, that PAM or the
 * service's policy refused. Everything else is an {@link AuthServiceException}, whose {@link AuthServiceException#kind kind}
 * says what went wrong; never take it for a yes. A request is sent once: if the connection is lost after the service may
 * have read it, the client does not ask again, because PAM may have counted the attempt.
 *
 * <p><b>Lifecycle and threads.</b> A client is thread-safe and meant to be shared and kept: it keeps connections for a while
 * and reuses them. It opens nothing before the first call, so it can be built while the service is down, and it finds the
 * service again after a restart. A blocking call does its work on the caller's thread; one daemon thread enforces
 * timeouts while there are calls or idle connections. {@link #close} ends all of that.
 *
 * <p><b>Asynchronous calls</b> return at once. They run on daemon threads, at most as many as {@link
 * AuthClientBuilder#maxConnections}. A thread ends when it was idle for the idle time of connections. More calls wait in
 * a queue without a thread, within their timeout, each with its request in memory outside the heap. The client does not bound
 * that queue: a program whose users are not trusted should. Completing the future in any way, {@link CompletableFuture#cancel}
 * among them, ends the call and frees its connection. Stages that depend on the future run on the client's threads: use
 * their {@code Async} forms for anything that blocks.
 *
 * <p><b>Passwords.</b> The request is built outside the heap and wiped as soon as the call ends. An array that the caller
 * passes is left as it is and not referred to after the call has returned (for asynchronous calls: once the future was
 * handed out), so that the caller can wipe it. A {@code String} cannot be wiped, and neither can copies of an array that the
 * garbage collector made, nor what is in the kernel's socket buffers.
 *
 * <p><b>Who gets the passwords.</b> Before the first byte of a connection the client verifies that root, this process's own user
 * or the {@link AuthClientBuilder#serverUser} serves the socket: whoever may write to the socket's directory could have put a
 * socket of their own there. A socket that systemd made for the service is root's.
 *
 * <p><b>Limits.</b> User and service must not be empty. No field may hold a carriage return, a newline, a NUL or half a
 * surrogate pair. All three fields together may have 4093 bytes in UTF-8. Otherwise there is an {@link
 * IllegalArgumentException}, before anything is sent.
 */
public final class AuthClient implements AutoCloseable {
    /** The PAM service that checks passwords unless the caller names one: that of X2Go's broker. */
    public static final String DEFAULT_SERVICE = "x2gobroker";

    private final AuthClientOptions options;
    private final ConnectionPool pool;
    private final Watchdog watchdog;
    private final ThreadPoolExecutor workers;

    AuthClient(AuthClientOptions options) {
        this.options = options;
        this.pool = new ConnectionPool(options);
        this.watchdog = new Watchdog(options, pool);
        this.workers = newWorkers(options);
    }

    /** Returns a new builder, which reads this process's environment. */
    public static AuthClientBuilder builder() {
        return new AuthClientBuilder(System.getenv());
    }

    /**
     * Checks a password with the PAM service {@value #DEFAULT_SERVICE}, and waits for the verdict, at most for the client's timeout.
     * Thread-safe. Prefer the {@code char[]} form.
     *
     * @param user the user's name
     * @param password the password, which may be empty
     * @return true if PAM accepted, false if PAM or the authservice's policy refused
     * @throws IllegalArgumentException if a field cannot be sent; then nothing is sent
     * @throws AuthServiceException if there is no verdict
     * @throws InterruptedIOException if the thread is interrupted, before or while it waits; its interrupt status stays set,
     *     and the service may still be checking
     */
    public boolean authenticate(String user, String password) throws AuthServiceException, InterruptedIOException {
        return authenticate(user, password, DEFAULT_SERVICE);
    }

    /**
     * Checks a password with the PAM service {@value #DEFAULT_SERVICE}, and waits for the verdict, at most for the client's timeout.
     * Thread-safe.
     *
     * @param user the user's name
     * @param password the password, which may be empty; it is left as it is, and the caller wipes it
     * @return true if PAM accepted, false if PAM or the authservice's policy refused
     * @throws IllegalArgumentException if a field cannot be sent; then nothing is sent
     * @throws AuthServiceException if there is no verdict
     * @throws InterruptedIOException if the thread is interrupted, before or while it waits; its interrupt status stays set,
     *     and the service may still be checking
     */
    public boolean authenticate(String user, char[] password) throws AuthServiceException, InterruptedIOException {
        return authenticate(user, password, DEFAULT_SERVICE);
    }

    /**
     * Checks a password, and waits for the verdict, at most for the client's timeout. Thread-safe. Prefer the {@code char[]}
     * form, since a {@code String} cannot be wiped.
     *
     * @param user the user's name
     * @param password the password, which may be empty
     * @param service the PAM service that checks it; the authservice must allow it
     * @return true if PAM accepted, false if PAM or the authservice's policy refused
     * @throws IllegalArgumentException if a field cannot be sent; then nothing is sent
     * @throws AuthServiceException if there is no verdict
     * @throws InterruptedIOException if the thread is interrupted, before or while it waits; its interrupt status stays set,
     *     and the service may still be checking
     */
    public boolean authenticate(String user, String password, String service)
            throws AuthServiceException, InterruptedIOException {
        return run(newCall(user, password, service));
    }

    /**
     * Checks a password, and waits for the verdict, at most for the client's timeout. Thread-safe.
     *
     * @param user the user's name
     * @param password the password, which may be empty; it is left as it is, and the caller wipes it
     * @param service the PAM service that checks it; the authservice must allow it
     * @return true if PAM accepted, false if PAM or the authservice's policy refused
     * @throws IllegalArgumentException if a field cannot be sent; then nothing is sent
     * @throws AuthServiceException if there is no verdict
     * @throws InterruptedIOException if the thread is interrupted, before or while it waits; its interrupt status stays set,
     *     and the service may still be checking
     */
    public boolean authenticate(String user, char[] password, String service)
            throws AuthServiceException, InterruptedIOException {
        return run(newCall(user, CharBuffer.wrap(password), service));
    }

    /**
     * Checks a password with the PAM service {@value #DEFAULT_SERVICE} without waiting for the verdict. Thread-safe. Prefer the
     * {@code char[]} form.
     *
     * @param user the user's name
     * @param password the password, which may be empty
     * @return a future of true if PAM accepted and false if PAM or the authservice's policy refused; it fails with an {@link
     *     AuthServiceException} if there is no verdict
     * @throws IllegalArgumentException if a field cannot be sent; then nothing is sent
     */
    public CompletableFuture<Boolean> authenticateAsync(String user, String password) {
        return authenticateAsync(user, password, DEFAULT_SERVICE);
    }

    /**
     * Checks a password with the PAM service {@value #DEFAULT_SERVICE} without waiting for the verdict. Thread-safe.
     *
     * @param user the user's name
     * @param password the password, which may be empty; it is left as it is and has been copied, outside the heap, when this
     *     method returns, so that the caller can wipe it
     * @return a future of true if PAM accepted and false if PAM or the authservice's policy refused; it fails with an {@link
     *     AuthServiceException} if there is no verdict
     * @throws IllegalArgumentException if a field cannot be sent; then nothing is sent
     */
    public CompletableFuture<Boolean> authenticateAsync(String user, char[] password) {
        return authenticateAsync(user, password, DEFAULT_SERVICE);
    }

    /**
     * Checks a password without waiting for the verdict. Thread-safe. Prefer the {@code char[]} form, since a {@code
     * String} cannot be wiped.
     *
     * @param user the user's name
     * @param password the password, which may be empty
     * @param service the PAM service that checks it; the authservice must allow it
     * @return a future of true if PAM accepted and false if PAM or the authservice's policy refused; it fails with an {@link
     *     AuthServiceException} if there is no verdict
     * @throws IllegalArgumentException if a field cannot be sent; then nothing is sent
     */
    public CompletableFuture<Boolean> authenticateAsync(String user, String password, String service) {
        return submit(newCall(user, password, service));
    }

    /**
     * Checks a password without waiting for the verdict. Thread-safe.
     *
     * @param user the user's name
     * @param password the password, which may be empty; it is left as it is and has been copied, outside the heap, when this
     *     method returns, so that the caller can wipe it
     * @param service the PAM service that checks it; the authservice must allow it
     * @return a future of true if PAM accepted and false if PAM or the authservice's policy refused; it fails with an {@link
     *     AuthServiceException} if there is no verdict
     * @throws IllegalArgumentException if a field cannot be sent; then nothing is sent
     */
    public CompletableFuture<Boolean> authenticateAsync(String user, char[] password, String service) {
        return submit(newCall(user, CharBuffer.wrap(password), service));
    }

    /**
     * Closes all connections. Calls in flight, and later ones, fail with an {@link AuthServiceException} of kind {@link
     * AuthServiceException.Kind#CLIENT_CLOSED}. It does not wait for them, nor for the client's threads, which end as soon as
     * their calls have failed. Closing again does nothing. Thread-safe.
     */
    @Override
    public void close() {
        pool.close(); // first, so that a call that gets its permit now sends nothing
        watchdog.close();
        workers.shutdown();
    }

    /** Returns the socket's path and the timeout. */
    @Override
    public String toString() {
        return "AuthClient[socket=" + options.socket() + ", timeout=" + options.timeout() + "]";
    }

    private Call newCall(String user, CharSequence password, String service) {
        return new Call(
                options, RequestFormat.encode(user, password, service, RequestFormat.DEFAULT_MAX_REQUEST_BYTES));
    }

    private boolean run(Call call) throws AuthServiceException, InterruptedIOException {
        watchdog.watch(call);
        try {
            return call.run(pool);
        } finally {
            watchdog.forget(call);
        }
    }

    private CompletableFuture<Boolean> submit(Call call) {
        watchdog.watch(call);
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        var unused = answer.whenComplete((accepted, failure) -> call.stop(Call.Stop.CANCELLED));
        workers.execute(() -> complete(answer, call));
        return answer;
    }

    private void complete(CompletableFuture<Boolean> answer, Call call) {
        try {
            answer.complete(run(call));
        } catch (Throwable e) { // otherwise the future would never complete
            answer.completeExceptionally(e);
        }
    }

    /**
     * Calls are taken in the order in which they came, and have the same timeout: when a queued call times out, those before it
     * have timed out too, and a thread is free to fail it.
     */
    private static ThreadPoolExecutor newWorkers(AuthClientOptions options) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                options.maxConnections(),
                options.maxConnections(),
                options.idleTime().toNanos(),
                TimeUnit.NANOSECONDS,
                new LinkedBlockingQueue<>(),
                task -> DaemonThreads.create(task, "authservice-client-" + count.incrementAndGet()),
                // Refused only after close, which has stopped the call: running it here fails it at once.
                (task, closed) -> task.run());
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }
}
