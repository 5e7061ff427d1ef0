/**
 * The command line and the settings: their sources, their meaning and their check.
 */
@NullMarked
package org.x2go.authservice.daemon.config;

import org.jspecify.annotations.NullMarked;
