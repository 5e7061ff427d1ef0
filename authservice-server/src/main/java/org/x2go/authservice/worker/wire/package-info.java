/**
 * How the service and a PAM worker talk: one request at a time over a socket that only the two of them have.
 *
 * <p>A frame is four bytes that tell the length of its body, and the body. The service sends {@link
 * org.x2go.authservice.worker.wire.Request}s, the worker {@link org.x2go.authservice.worker.wire.Reply}s. A worker
 * says first which version of this it speaks: an upgraded package's workers are of no use to a service that was not restarted.
 */
@NullMarked
package org.x2go.authservice.worker.wire;

import org.jspecify.annotations.NullMarked;
