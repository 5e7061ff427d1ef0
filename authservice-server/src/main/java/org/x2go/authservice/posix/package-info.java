/**
 * The few calls to the C library that the JDK has no way to make, behind small classes that say what each is for.
 */
@NullMarked
package org.x2go.authservice.posix;

import org.jspecify.annotations.NullMarked;
