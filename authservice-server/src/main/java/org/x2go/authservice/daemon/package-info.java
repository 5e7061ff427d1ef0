/**
 * The installed program, put together from its parts.
 */
@NullMarked
package org.x2go.authservice.daemon;

import org.jspecify.annotations.NullMarked;
