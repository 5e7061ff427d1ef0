/** Where the service's socket is and who may serve it. For the library and its command; not exported. */
@NullMarked
package org.x2go.authservice.client.transport;

import org.jspecify.annotations.NullMarked;
