package org.x2go.authservice.junit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.junit.isolation.IsolatedServer;

/**
 * Gives a test of JUnit 5 or 6 an authservice of its own: the real server, on a private socket, without PAM and without root.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final AuthServerExtension auth = new AuthServerExtension().account("alice", "secret");
 *
 * @Test
 * void logsIn(@AuthServerSocket Path socket) { … }
 * }</pre>
 *
 * <p><b>Answers.</b> A request is answered by the next of the {@linkplain #answerNext scripted replies}, if there is one;
 * else with {@code error} during an {@linkplain #outage outage}; else with {@code ok} if there is an {@linkplain #account
 * account} of exactly that user, password and service, and with {@code fail} if not. {@link #stop} takes the whole server
 * away. What is not left to the test is the server's own: malformed requests are {@code bad}, services that no account has
 * are refused, and its limits hold.
 *
 * <p><b>Lifetime.</b> In a static field, or with {@code @ExtendWith} at a class, there is one server for all tests of the
 * class; otherwise each test has one. After each test everything is as it was when the server was first started: accounts
 * that the test added, replies that nobody fetched, delays and outages are gone, and a stopped server runs again. Tests that
 * share one must not run at the same time.
 *
 * <p><b>Parameters.</b> A parameter of type {@code AuthServerExtension} is given the extension, one with {@link
 * AuthServerSocket} the path of the socket.
 *
 * <p>All methods may be called from any thread. It needs Linux, as the server does. The passwords are ordinary strings: use
 * none that is good for anything else.
 */
public final class AuthServerExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final Script script = new Script();

    /** How many classes, nested ones included, and tests are going on that share the server. */
    private int users;

    private @Nullable Path directory;
    private IsolatedServer.@Nullable Running server;

    /** Describes a server without any account. It is started before the first test. */
    public AuthServerExtension() {}

    /**
     * What the server was asked.
     *
     * @param user the user's name
     * @param service the PAM service
     */
    public record Request(String user, String service) {}

    /** Adds an account for service {@value ServicePolicy#DEFAULT_SERVICE}; a user may have several passwords. */
    public AuthServerExtension account(String user, String password) {
        return account(user, password, ServicePolicy.DEFAULT_SERVICE);
    }

    /**
     * Adds an account; a user may have several passwords.
     *
     * @param service the PAM service, which is allowed by this; the server learns of further ones when it is started only
     * @throws IllegalArgumentException if no service can have this name
     * @throws IllegalStateException if the server was started already and does not allow the service
     */
    public synchronized AuthServerExtension account(String user, String password, String service) {
        IsolatedServer.load().requireServiceName(service);
        if (server != null && !script.services().contains(service)) {
            throw new IllegalStateException("The server was started without the service " + service
                    + ": add an account for it where the extension is declared");
        }
        script.add(user, password, service);
        return this;
    }

    /**
     * Answers the next requests that ask for an allowed service with these replies, in this order, whatever the accounts say;
     * for instance {@code Reply.error()}, or {@code Reply.fail().delayedBy(Duration.ofSeconds(2))}.
     */
    public AuthServerExtension answerNext(Reply... replies) {
        script.answerNext(List.of(replies));
        return this;
    }

    /** Lets every request take this long, as a slow directory server does. It occupies a worker of the server's meanwhile. */
    public AuthServerExtension answerAfter(Duration time) {
        script.duration(time);
        return this;
    }

    /** From here on every request is answered {@code error}, as when PAM's directory server is down. */
    public AuthServerExtension outage() {
        script.outage();
        return this;
    }

    /** Takes the server away: its socket is removed, and requests that it was working on are answered {@code error}. */
    public synchronized void stop() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    /**
     * Starts the server again after {@link #stop}, on the same path. If it runs, nothing happens.
     *
     * @throws IOException if the socket cannot be made
     * @throws IllegalStateException outside of a test
     */
    public synchronized void start() throws IOException {
        if (server == null) {
            server = IsolatedServer.load().start(socket(), script.services(), script);
        }
    }

    /**
     * The path of the socket, also while the server is stopped.
     *
     * @throws IllegalStateException outside of a test
     */
    public synchronized Path socket() {
        if (directory == null) {
            throw new IllegalStateException("The authservice's socket is there only while a test is running");
        }
        return directory.resolve("socket");
    }

    /** What was asked in this test so far, in the order it came; refused services and malformed requests are left out. */
    public List<Request> requests() {
        return script.requests();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        begin();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        begin();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        script.reset();
        end();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        end();
    }

    private synchronized void begin() throws IOException {
        if (users++ == 0) {
            script.keepAccounts();
            directory = Files.createTempDirectory("authservice-");
        }
        start();
    }

    private synchronized void end() throws IOException {
        if (--users == 0 && directory != null) {
            stop();
            Files.delete(directory);
            directory = null;
        }
    }

    /** Whether it is the extension itself, or the socket's path. */
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == AuthServerExtension.class
                || (parameter.isAnnotated(AuthServerSocket.class) && (type == Path.class || type == String.class));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == AuthServerExtension.class) {
            return this;
        }
        return type == Path.class ? socket() : socket().toString();
    }
}
