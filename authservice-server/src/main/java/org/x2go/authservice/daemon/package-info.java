/**
 * The installed program, assembled from its parts.
 */
@NullMarked
package org.x2go.authservice.daemon;

import org.jspecify.annotations.NullMarked;
