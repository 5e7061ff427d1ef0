/** The command {@code authservice}, for terminals and scripts. It has a jar of its own and is not part of the library. */
@NullMarked
package org.x2go.authservice.client.cli;

import org.jspecify.annotations.NullMarked;
