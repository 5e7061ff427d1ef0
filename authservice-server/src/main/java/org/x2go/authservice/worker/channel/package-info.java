/**
 * How the service and a PAM worker talk: one request at a time over a socket that only the two of them have.
 *
 * <p>A frame is four bytes that tell the length of its body, and the body. The service sends {@link
 * org.x2go.authservice.worker.channel.Request}s, the worker {@link org.x2go.authservice.worker.channel.Reply}s. Both ends
 * come from the same jar, so that the format needs no version.
 */
@NullMarked
package org.x2go.authservice.worker.channel;

import org.jspecify.annotations.NullMarked;
