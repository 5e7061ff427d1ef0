/**
 * The program's log: stock log4j2, configured by the {@code log4j2.xml} that lies beside these classes or by an admin's file.
 * What is added here is what root's safety needs, and that nothing is lost without a word.
 */
@NullMarked
package org.x2go.authservice.daemon.logging;

import org.jspecify.annotations.NullMarked;
