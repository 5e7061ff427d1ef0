/** What is loaded together with the server, by the server's own class loader; not for programs. */
@NullMarked
package org.x2go.authservice.junit.server;

import org.jspecify.annotations.NullMarked;
