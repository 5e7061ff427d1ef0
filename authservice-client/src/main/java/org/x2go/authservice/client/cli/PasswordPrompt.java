package org.x2go.authservice.client.cli;

import org.jspecify.annotations.Nullable;

/** Asks the user for a password. */
@FunctionalInterface
interface PasswordPrompt {
    /**
     * Shows the question and reads a line without showing it.
     *
     * @return the password, which the caller wipes, or null if the user gave none
     * @throws NoConsoleException if there is nobody to ask
     */
    char @Nullable [] ask(String question);
}
