package org.x2go.authservice.client.jaas;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.client.AuthClientBuilder;

/**
 * The module's options in a login configuration.
 *
 * @param client builds a client for the socket, server's user and timeout that were configured
 * @param service the PAM service to ask for
 * @param useFirstPass take name and password from the modules before this one, and never ask for them
 * @param tryFirstPass take them from there if they are there, and ask if they turn out wrong
 * @param storePass keep them for the modules that follow
 * @param clearPass forget them after the login
 */
record ModuleOptions(
        AuthClientBuilder client,
        String service,
        boolean useFirstPass,
        boolean tryFirstPass,
        boolean storePass,
        boolean clearPass) {

    /** Reads the options. A mistake is not a wrong password: it is a plain {@link LoginException}. */
    static ModuleOptions of(Map<String, ?> options) throws LoginException {
        AuthClientBuilder client = AuthClient.builder();
        String socket = text(options, "socket");
        if (socket != null) {
            client.socket(path(socket));
        }
        String serverUser = text(options, "serverUser");
        if (serverUser != null) {
            client.serverUser(name("serverUser", serverUser, "is not the name of a user"));
        }
        String timeout = text(options, "timeout");
        if (timeout != null) {
            client.timeout(seconds(timeout));
        }
        String service = text(options, "service");
        return new ModuleOptions(
                client,
                service == null
                        ? AuthClient.DEFAULT_SERVICE
                        : name("service", service, "is not the name of a PAM service"),
                flag(options, "useFirstPass"),
                flag(options, "tryFirstPass"),
                flag(options, "storePass"),
                flag(options, "clearPass"));
    }

    private static @Nullable String text(Map<String, ?> options, String name) throws LoginException {
        Object value = options.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        // Not ignored: without its socket the module would ask another service.
        throw mistake(name, value.toString(), "is not text");
    }

    private static boolean flag(Map<String, ?> options, String name) throws LoginException {
        return "true".equalsIgnoreCase(text(options, name));
    }

    private static Path path(String value) throws LoginException {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw mistake("socket", value, "is not a path");
        }
    }

    private static Duration seconds(String value) throws LoginException {
        if (!value.matches("[1-9][0-9]{0,4}")
                || Integer.parseInt(value) > Duration.ofDays(1).toSeconds()) {
            throw mistake("timeout", value, "is not a number of seconds from 1 to 86400");
        }
        return Duration.ofSeconds(Integer.parseInt(value));
    }

    private static String name(String option, String value, String otherwise) throws LoginException {
        if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
            throw mistake(option, value, otherwise);
        }
        return value;
    }

    private static LoginException mistake(String option, String value, String what) {
        return new LoginException("The login configuration's option " + option + "=\"" + value + "\" " + what);
    }
}
