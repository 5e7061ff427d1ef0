/**
 * The PAM worker: the process that calls PAM, so that a module that crashes, hangs or leaks costs one request.
 *
 * <p>To start fast and stay small it uses neither Netty nor log4j nor picocli.
 */
@NullMarked
package org.x2go.authservice.worker.process;

import org.jspecify.annotations.NullMarked;
