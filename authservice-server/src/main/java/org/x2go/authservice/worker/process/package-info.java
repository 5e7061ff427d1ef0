/**
 * A PAM worker: the process that asks PAM, so that a module that crashes, hangs or leaks costs one request.
 *
 * <p>It starts in a few hundredths of a second, and is small: neither Netty nor log4j nor picocli is known here.
 */
@NullMarked
package org.x2go.authservice.worker.process;

import org.jspecify.annotations.NullMarked;
