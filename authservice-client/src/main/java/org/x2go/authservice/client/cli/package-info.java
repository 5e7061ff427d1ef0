/**
 * The command {@code authservice-client}: asks the service from a terminal or a script. It comes in a jar of its own, with
 * all that it needs, and is not part of the library.
 */
@NullMarked
package org.x2go.authservice.client.cli;

import org.jspecify.annotations.NullMarked;
