/**
 * Asks the authservice whether a user's password is right, from a program that must not be root.
 *
 * <p>{@link org.x2go.authservice.client.AuthClient} is the way in: build one, keep it, share it among threads, close it at
 * the end. A refusal is an answer, {@code false}; whatever keeps the client from an answer is an {@link
 * org.x2go.authservice.client.AuthServiceException}, which tells an outage from a wrong password.
 */
@NullMarked
package org.x2go.authservice.client;

import org.jspecify.annotations.NullMarked;
