/**
 * The program's process: its place in the background, its PID file, the socket that it inherits, how it ends.
 */
@NullMarked
package org.x2go.authservice.daemon.process;

import org.jspecify.annotations.NullMarked;
