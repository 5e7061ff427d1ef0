/**
 * Asks libpam, through JNA.
 *
 * <p>{@link org.x2go.authservice.pam.PamAuthenticator} is the way in. Everything else here follows one transaction with
 * libpam: started, authenticated, its account checked, ended, on one thread.
 */
@NullMarked
package org.x2go.authservice.pam;

import org.jspecify.annotations.NullMarked;
