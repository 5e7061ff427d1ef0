/**
 * The wire protocol: one line {@code <user>\r<password>\r<service>\n} asks, one word and a newline answers.
 *
 * <p>This package needs nothing but the JDK. It holds the credentials of one request, the words that answer it, and the
 * rules by which bytes become the one and the other; sockets and PAM are other packages' business.
 */
@NullMarked
package org.x2go.authservice.protocol;

import org.jspecify.annotations.NullMarked;
