/**
 * Calls to the C library that the JDK lacks, in small classes by purpose.
 */
@NullMarked
package org.x2go.authservice.posix;

import org.jspecify.annotations.NullMarked;
