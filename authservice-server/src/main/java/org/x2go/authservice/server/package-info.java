/**
 * The server: a Unix domain socket, and the pipeline from bytes to verdicts.
 *
 * <p>An embedding program configures, starts and closes an {@link org.x2go.authservice.server.AuthServer}; an {@link
 * org.x2go.authservice.auth.Authenticator} decides about credentials.
 */
@NullMarked
package org.x2go.authservice.server;

import org.jspecify.annotations.NullMarked;
