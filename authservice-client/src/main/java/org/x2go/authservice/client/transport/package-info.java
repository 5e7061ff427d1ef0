/** How a socket of the service is reached. For the library and its command; not exported. */
@NullMarked
package org.x2go.authservice.client.transport;

import org.jspecify.annotations.NullMarked;
