/**
 * Asks libpam, through JNA.
 *
 * <p>{@link org.x2go.authservice.pam.PamAuthenticator} is the entry point. The other classes implement one transaction
 * with libpam (pam_start, pam_authenticate, pam_acct_mgmt, pam_end, on one thread) and the check of service files
 * before it.
 */
@NullMarked
package org.x2go.authservice.pam;

import org.jspecify.annotations.NullMarked;
