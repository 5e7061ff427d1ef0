package org.x2go.authservice.pam;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.posix.CString;
import org.x2go.authservice.posix.Capabilities;
import org.x2go.authservice.posix.SystemLog;
import org.x2go.authservice.posix.ThreadState;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Verdict;

/**
 * Checks credentials with this machine's PAM (pam(3)).
 *
 * <p>Each check is a separate transaction that reads the service's file, so that a change counts at the next request.
 * Modules stay loaded from a service's first request, or {@link #preload}, until {@link #close}: after an upgrade of a
 * module, restart the program, as with other servers. Without an {@code account} rule those of {@code other} apply
 * (pam.d(5)); without an {@code auth} rule or a file the result is {@code ERROR}.
 *
 * <p>The fail delay of modules (pam_fail_delay(3)) is returned with the result, without sleeping. PAM_TTY is the
 * service's name, as pam_access(8) expects without a terminal, PAM_RUSER the name of the user that the client runs as,
 * and PAM_RHOST is not set.
 *
 * <p>Thread-safe; each check has its own handle. The password is copied once for each prompt, into memory that libpam
 * frees, and never to the Java heap.
 */
public final class PamAuthenticator implements Authenticator, AutoCloseable {
    private static final String LOGGER = "org.x2go.authservice.pam";

    private static final AuthResult CHANGED = AuthResult.error("a file of the service was changed while PAM read it");

    private final ServicePolicy services;
    private final byte @Nullable [] confdir;
    private final Diagnostics diagnostics;
    private final ServiceFiles files;
    private final PeerNames peerNames = new PeerNames(System::nanoTime);
    private final PreloadedModules preloadedModules;
    private final ShadowPasswords shadow;
    private final SandboxHints sandboxHints;

    /** Unused conversations; at most as many as the most concurrent checks so far. */
    private final Deque<PamConversation> conversations = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    private PamAuthenticator(PamConfiguration configuration, LibPamBuild build, Diagnostics diagnostics) {
        this.services = configuration.services();
        this.diagnostics = diagnostics;
        this.confdir =
                configuration.confdir().map(Path::toString).map(CString::of).orElse(null);
        this.files = new ServiceFiles(build, configuration, System::nanoTime, diagnostics);
        this.preloadedModules = new PreloadedModules(this.confdir, diagnostics);
        this.shadow = ShadowPasswords.of(build);
        this.sandboxHints = new SandboxHints(Capabilities::mayChangeUser, diagnostics);
    }

    /**
     * Opens PAM with the system's service files, in /etc/pam.d and /usr/lib/pam.d. Diagnostics go to the JDK's logger
     * with the name of this package.
     *
     * @param services the services that may be asked for; any other is refused before libpam sees its name
     * @throws PamUnavailableException if there is no libpam, with a message that says what to install
     */
    public static PamAuthenticator open(ServicePolicy services) throws PamUnavailableException {
        return open(PamConfiguration.of(services), Diagnostics.to(System.getLogger(LOGGER)));
    }

    /**
     * Opens PAM with the service files of one directory, and those that they include. Diagnostics go to the JDK's
     * logger with the name of this package.
     *
     * @param services the services that may be asked for; any other is refused before libpam sees its name
     * @param confdir the directory; it need not exist yet
     * @throws PamUnavailableException if there is no libpam, or one older than 1.4, which cannot do this
     */
    public static PamAuthenticator open(ServicePolicy services, Path confdir) throws PamUnavailableException {
        return open(PamConfiguration.of(services).withConfdir(confdir), Diagnostics.to(System.getLogger(LOGGER)));
    }

    /**
     * Opens PAM with the given configuration and diagnostics.
     *
     * @param diagnostics the log
     * @throws PamUnavailableException if there is no libpam, or if a directory is given and libpam is older than 1.4
     */
    public static PamAuthenticator open(PamConfiguration configuration, Diagnostics diagnostics)
            throws PamUnavailableException {
        LibPam.bind(LibPam.LIBRARY);
        if (configuration.confdir().isPresent()) {
            LibPamConfdir.bind(NativeLibrary.getInstance(LibPam.LIBRARY));
        }
        return new PamAuthenticator(configuration, LibPamBuild.current(), diagnostics);
    }

    /**
     * Loads the modules of all services, so that the first requests need not wait. This is optional. It logs a warning
     * for a service whose files cannot be used, and skips it.
     */
    public void preload() {
        ThreadState thread = ThreadState.ofCallingThread();
        for (String service : services.allowed()) {
            if (files.of(service).refusal().isEmpty()) {
                preloadedModules.keep(service);
            }
        }
        thread.restore();
    }

    /**
     * {@inheritDoc}
     *
     * <p>{@code FAIL} means that PAM refused, or that the request must not reach PAM; {@code ERROR} that PAM gave no
     * verdict. The reason names the cause. After {@link #close} every result is an error.
     *
     * @throws IOException if the accounts database cannot be read
     */
    @Override
    public AuthResult authenticate(Credentials credentials, PeerCredentials peer) throws IOException {
        String service = credentials.service();
        if (closed) {
            return AuthResult.error("the service is being stopped");
        }
        if (!services.allows(service)) {
            return AuthResult.fail("service not allowed");
        }
        byte[] user;
        try {
            user = CString.of(credentials.user());
        } catch (IllegalArgumentException e) {
            return AuthResult.fail("the user's name " + e.getMessage());
        }
        if (user.length == 1) {
            return AuthResult.fail("the user's name is empty");
        }
        if (holdsNul(credentials.password())) {
            return AuthResult.fail("the password contains a NUL");
        }
        byte[] peerName = CString.of(peerNames.of(peer.uid()));
        // Changes by modules must not reach the next transaction or the caller.
        ThreadState thread = ThreadState.ofCallingThread();
        try {
            AuthResult result = check(credentials, files.recent(service), user, peerName);
            if (result == null) {
                result = check(credentials, files.of(service), user, peerName);
            }
            return result == null ? CHANGED : result;
        } finally {
            thread.restore();
        }
    }

    /** Null if libpam may have read other files than those that the stack is from. */
    private @Nullable AuthResult check(Credentials credentials, ServiceStack stack, byte[] user, byte[] peerName)
            throws IOException {
        if (stack.refusal().isPresent()) {
            return AuthResult.error(stack.refusal().get().reason());
        }
        preloadedModules.keep(credentials.service());
        byte[] service = CString.of(credentials.service());
        PamConversation conversation = conversations.pollFirst();
        if (conversation == null) {
            conversation = new PamConversation(diagnostics);
        }
        AuthResult result = null;
        SystemLog.restore();
        conversation.begin(credentials);
        try (PamTransaction transaction = PamTransaction.start(service, user, confdir, conversation)) {
            if (stack.isSettled() && stack.isCurrent()) {
                result = shadow.checked(transaction.check(user, service, peerName), stack, credentials.user());
            }
        } finally {
            conversation.end();
        }
        conversations.addFirst(conversation);
        if (result != null && result.verdict() != Verdict.OK) {
            sandboxHints.loginFailed(credentials.service(), stack);
        }
        return result;
    }

    /** A NUL would end the password early in C. */
    private static boolean holdsNul(ByteBuffer password) {
        for (int i = password.position(); i < password.limit(); i++) {
            if (password.get(i) == 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Unloads the modules. Checks in progress continue. Closing again does nothing.
     */
    @Override
    public void close() {
        closed = true;
        preloadedModules.close();
        conversations.clear();
    }
}
