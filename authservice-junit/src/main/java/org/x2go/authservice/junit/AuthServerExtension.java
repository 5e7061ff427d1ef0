package org.x2go.authservice.junit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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
 * account} of exactly that user, password and service, and with {@code fail} if not. {@link #stop} stops the server.
 * The rest is as in production: malformed requests get {@code bad}, services without an account are refused, and the
 * server's limits apply.
 *
 * <p><b>Lifetime.</b> In a static field, or with {@code @ExtendWith} at a class, there is one server for all tests of the
 * class; otherwise each test has one. After each test the state is reset to that of the first start: accounts that
 * the test added, unused replies, delays and outages are removed, and a stopped server is started again. Tests that
 * share one must not run at the same time.
 *
 * <p><b>Parameters.</b> A parameter of type {@code AuthServerExtension} is given the extension, one with {@link
 * AuthServerSocket} the path of the socket.
 *
 * <p>All methods are thread-safe. Like the server, this needs Linux. The passwords are ordinary strings: do not use
 * real ones.
 */
public final class AuthServerExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final Script script = new Script();

    /** The number of running classes, including nested ones, and tests that share the server. */
    private int users;

    /** What the server allows, until the last test has ended. */
    private Set<String> services = Set.of();

    private @Nullable Path directory;
    private IsolatedServer.@Nullable Running server;

    /** Creates an extension for a server without accounts, which starts before the first test. */
    public AuthServerExtension() {}

    /**
     * A request that the server got.
     *
     * @param user the user's name
     * @param service the PAM service
     */
    public record Request(String user, String service) {}

    /**
     * Adds an account for service {@value ServicePolicy#DEFAULT_SERVICE}; a user may have several passwords.
     *
     * @param user the user's name
     * @param password the password
     * @return this
     */
    public AuthServerExtension account(String user, String password) {
        return account(user, password, ServicePolicy.DEFAULT_SERVICE);
    }

    /**
     * Adds an account; a user may have several passwords.
     *
     * @param user the user's name
     * @param password the password
     * @param service the PAM service; the server allows the services of the accounts that exist when it first starts
     * @return this
     * @throws IllegalArgumentException if the service's name is invalid
     * @throws IllegalStateException if the server was started already and does not allow the service
     */
    public synchronized AuthServerExtension account(String user, String password, String service) {
        IsolatedServer.load().requireServiceName(service);
        if (directory != null && !services.contains(service)) {
            throw new IllegalStateException("The server was started without the service " + service
                    + ": add an account for it where the extension is declared");
        }
        script.add(user, password, service);
        return this;
    }

    /**
     * Answers the next requests that ask for an allowed service with these replies, in this order, whatever the accounts say;
     * for instance {@code Reply.error()}, or {@code Reply.fail().delayedBy(Duration.ofSeconds(2))}.
     *
     * @param replies the replies, for one request each
     * @return this
     */
    public AuthServerExtension answerNext(Reply... replies) {
        script.answerNext(List.of(replies));
        return this;
    }

    /**
     * Makes every check take this long, as with a slow directory server. A check occupies one of the server's threads.
     *
     * @param time the duration of each check; zero for none
     * @return this
     */
    public AuthServerExtension answerAfter(Duration time) {
        script.duration(time);
        return this;
    }

    /**
     * Makes the server answer every request {@code error}, as when PAM's directory server is down, until the test
     * ends.
     *
     * @return this
     */
    public AuthServerExtension outage() {
        script.outage();
        return this;
    }

    /** Stops the server: its socket is removed, and requests in flight are answered {@code error}. */
    public synchronized void stop() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    /**
     * Starts the server again after {@link #stop}, on the same path. Does nothing if it runs.
     *
     * @throws IOException if the socket cannot be created
     * @throws IllegalStateException outside of a test
     */
    public synchronized void start() throws IOException {
        if (server == null) {
            server = IsolatedServer.load().start(socket(), services, script);
        }
    }

    /**
     * The path of the socket, also while the server is stopped.
     *
     * @throws IllegalStateException outside of a test
     */
    public synchronized Path socket() {
        if (directory == null) {
            throw new IllegalStateException("The socket exists only while a test is running");
        }
        return directory.resolve("socket");
    }

    /**
     * The requests of this test so far, in their order, without refused services and malformed requests.
     */
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
            services = script.services();
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

    /** Supports the extension itself, and the socket's path. */
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
