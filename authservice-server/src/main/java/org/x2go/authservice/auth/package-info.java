/**
 * The interface between the socket and PAM: credentials in, a result out.
 *
 * <p>It has the {@link org.x2go.authservice.auth.Authenticator}, its result, the peer, and the policies for peers and
 * PAM services. It depends on neither Netty nor JNA.
 */
@NullMarked
package org.x2go.authservice.auth;

import org.jspecify.annotations.NullMarked;
