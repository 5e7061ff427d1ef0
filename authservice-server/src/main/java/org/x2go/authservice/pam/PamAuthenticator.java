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
 * <p>Each check is a transaction of its own: its service's file is read afresh, so that a change of it counts from the next
 * request on. The modules it names stay loaded from a service's first request, or {@link #warmUp}, until {@link #close}. A
 * module that is replaced by a package upgrade meanwhile goes on being used in its old version until then, as it does in
 * other servers: restart the service after such upgrades. Where a service has no {@code account} rule, those of
 * {@code other} count (pam.d(5)); a service without an {@code auth} rule, or without a file, is answered {@code ERROR}
 * instead.
 *
 * <p>The delay that modules want for a failure is not slept out here but returned with the result (pam_fail_delay(3)). A
 * module sees the service's name as PAM_TTY, as pam_access(8) asks for services without a terminal, the name of the user
 * whose process asks as PAM_RUSER, and no PAM_RHOST.
 *
 * <p>Thread-safe: many threads may check at the same time, each has its own handle. The password is copied once, into the
 * memory that libpam frees; it never touches the Java heap.
 */
public final class PamAuthenticator implements Authenticator, AutoCloseable {
    private static final String LOGGER = "org.x2go.authservice.pam";

    private static final AuthResult CHANGED = AuthResult.error("a file of the service was changed while PAM read it");

    private final ServicePolicy services;
    private final byte @Nullable [] confdir;
    private final Diagnostics diagnostics;
    private final ServiceFiles files;
    private final PeerNames peerNames = new PeerNames(System::nanoTime);
    private final WarmModules warmModules;
    private final ShadowPasswords shadow;
    private final SandboxHints sandboxHints;

    /** Those not in use. There are never more than threads that have been here at the same time. */
    private final Deque<PamConversation> conversations = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    private PamAuthenticator(PamConfiguration configuration, LibPamBuild build, Diagnostics diagnostics) {
        this.services = configuration.services();
        this.diagnostics = diagnostics;
        this.confdir =
                configuration.confdir().map(Path::toString).map(CString::of).orElse(null);
        this.files = new ServiceFiles(build, configuration, System::nanoTime, diagnostics);
        this.warmModules = new WarmModules(this.confdir, diagnostics);
        this.shadow = ShadowPasswords.of(build);
        this.sandboxHints = new SandboxHints(Capabilities::mayChangeUser, diagnostics);
    }

    /**
     * Asks PAM by the service files of the system, in /etc/pam.d and /usr/lib/pam.d, and logs to the JDK's logger of this
     * package's name.
     *
     * @param services the services that may be asked for; any other is refused before libpam sees its name
     * @throws PamUnavailableException if there is no libpam, with a message that says what to install
     */
    public static PamAuthenticator open(ServicePolicy services) throws PamUnavailableException {
        return open(PamConfiguration.of(services), Diagnostics.to(System.getLogger(LOGGER)));
    }

    /**
     * Asks PAM by the service files of one directory, and those that they include; and logs to the JDK's logger of this
     * package's name.
     *
     * @param services the services that may be asked for; any other is refused before libpam sees its name
     * @param confdir the directory; it need not exist yet
     * @throws PamUnavailableException if there is no libpam, or one older than 1.4, which cannot do this
     */
    public static PamAuthenticator open(ServicePolicy services, Path confdir) throws PamUnavailableException {
        return open(PamConfiguration.of(services).withConfdir(confdir), Diagnostics.to(System.getLogger(LOGGER)));
    }

    /**
     * Asks PAM, and says to somebody else what an operator should know.
     *
     * @param diagnostics who is told
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
     * Loads the modules of all services, so that the first requests need not wait for that. It may be left out. A service
     * that is answered {@code ERROR} because of its files is warned about and passed over.
     */
    public void warmUp() {
        ThreadState thread = ThreadState.ofCallingThread();
        for (String service : services.allowed()) {
            if (files.of(service).refusal().isEmpty()) {
                warmModules.keep(service);
            }
        }
        thread.restore();
    }

    /**
     * {@inheritDoc}
     *
     * <p>{@code FAIL} means that PAM refused, or that the request is one that PAM must not see; {@code ERROR} that PAM came
     * to no verdict; the reason names the cause in either case. After {@link #close} everything is an error.
     *
     * @throws IOException if the accounts database cannot be read
     */
    @Override
    public AuthResult authenticate(Credentials credentials, PeerCredentials peer) throws IOException {
        String service = credentials.service();
        if (closed) {
            return AuthResult.error("PAM is not asked any more");
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
            return AuthResult.fail("the password holds a NUL");
        }
        byte[] asker = CString.of(peerNames.of(peer.uid()));
        // What modules leave behind is not to reach the next transaction, nor the caller.
        ThreadState thread = ThreadState.ofCallingThread();
        try {
            AuthResult result = check(credentials, files.lately(service), user, asker);
            if (result == null) {
                result = check(credentials, files.of(service), user, asker);
            }
            return result == null ? CHANGED : result;
        } finally {
            thread.restore();
        }
    }

    /** Null if libpam did not read the files that the stack is from. */
    private @Nullable AuthResult check(Credentials credentials, ServiceStack stack, byte[] user, byte[] asker)
            throws IOException {
        if (stack.refusal().isPresent()) {
            return AuthResult.error(stack.refusal().get().reason());
        }
        warmModules.keep(credentials.service());
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
                result = shadow.judge(transaction.check(user, service, asker), stack, credentials.user());
            }
        } finally {
            conversation.end();
        }
        conversations.addFirst(conversation);
        if (result != null && result.verdict() != Verdict.OK) {
            sandboxHints.notLetIn(credentials.service(), stack);
        }
        return result;
    }

    /** In C it would end the password early. */
    private static boolean holdsNul(ByteBuffer password) {
        for (int i = password.position(); i < password.limit(); i++) {
            if (password.get(i) == 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Lets go of the modules. Checks in progress are not disturbed and go on to their own end. Closing again does nothing.
     */
    @Override
    public void close() {
        closed = true;
        warmModules.close();
        conversations.clear();
    }
}
