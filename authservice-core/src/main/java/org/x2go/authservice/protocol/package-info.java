/**
 * The wire protocol: a request is one line {@code <user>\r<password>\r<service>\n}, an answer is one word and a newline.
 *
 * <p>This package needs only the JDK. It has no sockets and no PAM.
 */
@NullMarked
package org.x2go.authservice.protocol;

import org.jspecify.annotations.NullMarked;
