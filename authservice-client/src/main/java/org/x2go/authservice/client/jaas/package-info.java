/**
 * Logs users in through JAAS with the authservice: {@link
 * org.x2go.authservice.client.jaas.AuthServiceLoginModule} for servlet containers, brokers and whatever else speaks JAAS.
 */
@NullMarked
package org.x2go.authservice.client.jaas;

import org.jspecify.annotations.NullMarked;
