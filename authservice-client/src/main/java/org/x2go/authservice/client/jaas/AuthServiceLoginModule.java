package org.x2go.authservice.client.jaas;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.client.AuthClient;

/**
 * A JAAS login module that has the authservice check a user's password.
 *
 * <pre>{@code
 * Site {
 *     org.x2go.authservice.client.jaas.AuthServiceLoginModule required
 *         socket="/run/x2gobroker/x2gobroker-authservice.socket" service="x2gobroker" timeout="70";
 * };
 * }</pre>
 *
 * <p><b>Options</b>, all of them optional: {@code socket}, the path of the service's socket (else the environment variable
 * {@code X2GOBROKER_AUTHSERVICE_SOCKET}, else the path above); {@code serverUser}, who may serve it besides root and the
 * program's own user (default: the value of {@code X2GOBROKER_AUTHSERVICE_SERVER_USER}, otherwise none); {@code service}, the PAM
 * service to ask for ({@value AuthClient#DEFAULT_SERVICE}); {@code timeout}, in whole seconds, 1 to 86400 (70); and {@code useFirstPass}, {@code
 * tryFirstPass}, {@code storePass}, {@code clearPass}, each {@code true} or not, which share name and password with the
 * other modules of a configuration as the JDK's own modules do:
 *
 * <ul>
 *   <li>{@code useFirstPass}: take both from the shared state, and do not ask;
 *   <li>{@code tryFirstPass}: take both from the shared state, and ask if they are missing or refused;
 *   <li>{@code storePass}: put both into the shared state once they are accepted, unless a name or a password is there;
 *   <li>{@code clearPass}: remove both from the shared state when the whole login is over.
 * </ul>
 *
 * <p><b>Callbacks.</b> One {@link NameCallback} and one {@link PasswordCallback}, in one call of the handler.
 *
 * <p><b>Outcome.</b> A refusal by PAM, or of a PAM service that is not allowed, is a {@link FailedLoginException}. Any other
 * failure is another {@link LoginException}, which says nothing about the password. If no verdict was reached, its cause is an
 * {@link org.x2go.authservice.client.AuthServiceException}; if the handler failed, the handler's exception. A successful
 * login adds a {@link UserPrincipal} to the subject, in the second phase, and {@link #logout} removes it.
 *
 * <p>The module wipes its own copies of the password as soon as they have been sent; those of the caller, and those in the
 * shared state that it has not put there itself, are left to their owners to wipe. It keeps neither connections nor threads from
 * one login to the next. As all login modules, an instance belongs to one login and is not thread-safe.
 */
public final class AuthServiceLoginModule implements LoginModule {
    /** Where the JDK's login modules keep what they share; see {@code com.sun.security.auth.module.JndiLoginModule}. */
    private static final String SHARED_NAME = "javax.security.auth.login.name";

    private static final String SHARED_PASSWORD = "javax.security.auth.login.password";

    private Subject subject = new Subject();
    private @Nullable CallbackHandler handler;
    private Map<String, @Nullable Object> sharedState = Map.of();
    private Map<String, ?> options = Map.of();

    private boolean clearPass;
    private char @Nullable [] stored;

    /** The accepted user: set by {@link #login}, cleared by {@link #abort} or {@link #logout}. */
    private @Nullable UserPrincipal principal;

    /** Whether the principal was put into the subject by this module, and is not there for another reason. */
    private boolean added;

    /** Creates a module; {@link javax.security.auth.login.LoginContext} does that for each login. */
    public AuthServiceLoginModule() {}

    /**
     * Prepares a login; nothing is opened.
     *
     * @param subject receives the principal in the second phase
     * @param callbackHandler asks for name and password; null if the application has none
     * @param sharedState what the modules of the configuration share
     * @param options the module's options, see above; they are checked by {@link #login}
     */
    @Override
    @SuppressWarnings("unchecked") // the shared state is made to be written to, and holds anything
    public void initialize(
            Subject subject, CallbackHandler callbackHandler, Map<String, ?> sharedState, Map<String, ?> options) {
        this.subject = subject;
        this.handler = callbackHandler; // null if the application gave the login context none
        this.sharedState = (Map<String, @Nullable Object>) sharedState;
        this.options = options;
    }

    /**
     * The first phase: asks for name and password and has the service check them. It blocks, up to {@code timeout} seconds for
     * the service.
     *
     * @return true; this module is never ignored
     * @throws FailedLoginException if they were refused
     * @throws LoginException if there is no verdict
     */
    @Override
    public boolean login() throws LoginException {
        principal = null;
        ModuleOptions settings = ModuleOptions.of(options);
        clearPass = settings.clearPass();
        if (settings.useFirstPass() || settings.tryFirstPass()) {
            if (sharedState.get(SHARED_NAME) instanceof String name
                    && sharedState.get(SHARED_PASSWORD) instanceof char[] password) {
                try {
                    ask(name, password, settings);
                    return true;
                } catch (FailedLoginException e) {
                    if (!settings.tryFirstPass()) {
                        throw e;
                    }
                }
            } else if (!settings.tryFirstPass()) {
                throw new LoginException("useFirstPass is set, but no earlier module has stored a name and a password:"
                        + " set storePass for that module, or tryFirstPass for this one");
            }
        }
        prompt(settings);
        return true;
    }

    /**
     * The second phase of a login that succeeded as a whole: adds the principal to the subject.
     *
     * @return false if this module's own login did not succeed, so that it has nothing to add
     * @throws LoginException if the subject is read-only
     */
    @Override
    public boolean commit() throws LoginException {
        forgetPassword();
        if (principal == null) {
            return false;
        }
        if (subject.isReadOnly()) {
            principal = null;
            throw new LoginException("The subject is read-only: no principal can be added to it");
        }
        added = subject.getPrincipals().add(principal);
        return true;
    }

    /**
     * The second phase of a login that failed as a whole: forgets everything, and removes the principal if it was added.
     *
     * @return false if this module's own login did not succeed, so that there is nothing to undo
     * @throws LoginException if the principal was added and the subject is read-only now
     */
    @Override
    public boolean abort() throws LoginException {
        forgetPassword();
        return principal != null && logout();
    }

    /**
     * Removes the principal that the login added.
     *
     * @return true
     * @throws LoginException if the subject is read-only
     */
    @Override
    public boolean logout() throws LoginException {
        if (added && subject.isReadOnly()) {
            throw new LoginException("The subject is read-only: its principal cannot be removed");
        }
        if (added) {
            subject.getPrincipals().remove(principal);
            added = false;
        }
        principal = null;
        return true;
    }

    private void prompt(ModuleOptions settings) throws LoginException {
        if (handler == null) {
            throw new LoginException("The application has no callback handler that asks for name and password");
        }
        NameCallback name = new NameCallback("User: ");
        PasswordCallback secret = new PasswordCallback("Password: ", false);
        char @Nullable [] password = null;
        try {
            handler.handle(new Callback[] {name, secret});
            password = secret.getPassword();
            if (name.getName() == null || password == null) {
                throw new FailedLoginException("No name or no password was given");
            }
            ask(name.getName(), password, settings);
        } catch (IOException e) {
            throw noVerdict("Cannot ask for name and password: " + e.getMessage(), e);
        } catch (UnsupportedCallbackException e) {
            throw noVerdict(
                    "The callback handler does not support "
                            + e.getCallback().getClass().getSimpleName(),
                    e);
        } finally {
            secret.clearPassword();
            wipe(password);
        }
    }

    private void ask(String name, char[] password, ModuleOptions settings) throws LoginException {
        boolean accepted;
        try (AuthClient client = settings.client().build()) {
            accepted = client.authenticate(name, password, settings.service());
        } catch (IllegalArgumentException e) { // a name or password that nobody can have: its message holds neither
            throw new FailedLoginException(e.getMessage());
        } catch (IOException e) { // AuthServiceException, or the thread was interrupted
            throw noVerdict(e.getMessage(), e);
        }
        if (!accepted) {
            throw new FailedLoginException("Wrong user or password, or not allowed to log in");
        }
        principal = new UserPrincipal(name);
        if (settings.storePass()
                && !sharedState.containsKey(SHARED_NAME)
                && !sharedState.containsKey(SHARED_PASSWORD)) {
            stored = password.clone();
            sharedState.put(SHARED_NAME, name);
            sharedState.put(SHARED_PASSWORD, stored);
        }
    }

    private void forgetPassword() {
        if (clearPass) {
            sharedState.remove(SHARED_NAME);
            sharedState.remove(SHARED_PASSWORD);
            wipe(stored);
        }
        stored = null;
    }

    private static void wipe(char @Nullable [] password) {
        if (password != null) {
            Arrays.fill(password, '\0');
        }
    }

    private static LoginException noVerdict(@Nullable String message, Exception cause) {
        LoginException failure = new LoginException(message);
        failure.initCause(cause);
        return failure;
    }
}
