/**
 * The service's side of PAM workers: how many there are, which of them checks what, and what becomes of those that die.
 *
 * <p>{@link org.x2go.authservice.worker.pool.WorkerPool} is the authenticator that the server asks.
 */
@NullMarked
package org.x2go.authservice.worker.pool;

import org.jspecify.annotations.NullMarked;
