/**
 * The service itself: a Unix domain socket, and what turns the bytes that arrive on it into verdicts.
 *
 * <p>{@link org.x2go.authservice.server.AuthServer} is built, started and closed by a program that embeds it; whatever
 * decides is an {@link org.x2go.authservice.auth.Authenticator} given to it.
 */
@NullMarked
package org.x2go.authservice.server;

import org.jspecify.annotations.NullMarked;
