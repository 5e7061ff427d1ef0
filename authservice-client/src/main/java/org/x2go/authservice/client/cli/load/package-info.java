/**
 * Puts a service under load and measures it. Requests are made by plain sockets, not by the client library, so
 * that the library's own costs are not measured, and so that services of another protocol can be compared.
 */
@NullMarked
package org.x2go.authservice.client.cli.load;

import org.jspecify.annotations.NullMarked;
