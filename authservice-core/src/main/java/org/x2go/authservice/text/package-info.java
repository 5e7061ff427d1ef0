/** Text from the command line and the environment. For the service and the client's command; not exported to others. */
@NullMarked
package org.x2go.authservice.text;

import org.jspecify.annotations.NullMarked;
