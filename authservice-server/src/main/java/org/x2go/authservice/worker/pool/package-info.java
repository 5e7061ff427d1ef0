/**
 * The service's side of PAM workers: it starts, uses, kills and replaces them.
 *
 * <p>{@link org.x2go.authservice.worker.pool.WorkerPool} is the authenticator that the server asks.
 */
@NullMarked
package org.x2go.authservice.worker.pool;

import org.jspecify.annotations.NullMarked;
