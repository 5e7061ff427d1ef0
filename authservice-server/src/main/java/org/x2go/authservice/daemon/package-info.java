/**
 * The installed program: its command line and settings, its place in the background, its log, its signals.
 */
@NullMarked
package org.x2go.authservice.daemon;

import org.jspecify.annotations.NullMarked;
