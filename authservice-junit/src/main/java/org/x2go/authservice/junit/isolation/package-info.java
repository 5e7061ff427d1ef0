/** Keeps the server's classes and libraries apart from those of the tests; not for programs. */
@NullMarked
package org.x2go.authservice.junit.isolation;

import org.jspecify.annotations.NullMarked;
