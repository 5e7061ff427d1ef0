/**
 * The protocol between the service and a PAM worker: one request at a time over a private socket.
 *
 * <p>A frame is four bytes that tell the length of its body, and the body. The service sends {@link
 * org.x2go.authservice.worker.wire.Request}s, the worker {@link org.x2go.authservice.worker.wire.Reply}s. A worker's
 * first message has its version: after an upgrade, a service that was not restarted cannot use new workers.
 */
@NullMarked
package org.x2go.authservice.worker.wire;

import org.jspecify.annotations.NullMarked;
