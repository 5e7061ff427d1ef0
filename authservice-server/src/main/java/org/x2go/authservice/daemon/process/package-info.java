/**
 * The program's process: the background, the PID file, the inherited socket and the exit.
 */
@NullMarked
package org.x2go.authservice.daemon.process;

import org.jspecify.annotations.NullMarked;
