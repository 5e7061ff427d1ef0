/**
 * Has the authservice check users' passwords, for programs that must not be root.
 *
 * <p>Start with {@link org.x2go.authservice.client.AuthClient}: build one, keep it, share it among threads, close it at the end.
 * A refusal is {@code false}. Whatever prevents a verdict is an {@link org.x2go.authservice.client.AuthServiceException}, so
 * that an outage is not taken for a wrong password.
 */
@NullMarked
package org.x2go.authservice.client;

import org.jspecify.annotations.NullMarked;
