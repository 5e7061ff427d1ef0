/**
 * What the program is asked to do: its options, where settings come from, what they mean, and what is wrong with them.
 */
@NullMarked
package org.x2go.authservice.daemon.config;

import org.jspecify.annotations.NullMarked;
