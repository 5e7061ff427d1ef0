/**
 * Puts a service under load and measures it. Requests go over plain sockets, not through the client library, so that the
 * library's own costs are not measured and services with another protocol can be compared.
 */
@NullMarked
package org.x2go.authservice.client.cli.load;

import org.jspecify.annotations.NullMarked;
