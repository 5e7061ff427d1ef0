/**
 * The seam between the socket and PAM: credentials in, a result out.
 *
 * <p>What answers a request ({@link org.x2go.authservice.auth.Authenticator}), what it answers, who asked, and which PAM
 * services may be asked for. Neither Netty nor JNA is known here.
 */
@NullMarked
package org.x2go.authservice.auth;

import org.jspecify.annotations.NullMarked;
