/**
 * For the tests of programs that ask the authservice: {@link org.x2go.authservice.junit.AuthServerExtension} starts the real
 * server with accounts, scripted verdicts, delays and outages of the test's own. In a jar of its own, for JUnit 5; Linux only.
 */
@NullMarked
package org.x2go.authservice.junit;

import org.jspecify.annotations.NullMarked;
