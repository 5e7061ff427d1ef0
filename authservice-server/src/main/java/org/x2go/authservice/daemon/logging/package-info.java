/**
 * The program's log: stock log4j2, configured by the {@code log4j2.xml} that lies beside these classes or by an admin's
 * file. The classes here add safety for root's files, and a report of lost lines.
 */
@NullMarked
package org.x2go.authservice.daemon.logging;

import org.jspecify.annotations.NullMarked;
