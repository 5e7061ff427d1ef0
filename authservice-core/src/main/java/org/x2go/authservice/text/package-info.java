/** Text that the program is started with. For the service and the client's command; not exported to others. */
@NullMarked
package org.x2go.authservice.text;

import org.jspecify.annotations.NullMarked;
