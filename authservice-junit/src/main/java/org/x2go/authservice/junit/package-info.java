/**
 * For the tests of programs that ask the authservice: {@link org.x2go.authservice.junit.AuthServerExtension} starts the real
 * server with accounts, scripted verdicts, delays and outages of the test's own. For JUnit 5 and 6, on Linux. The jar holds the
 * server and needs nothing but JUnit: its libraries do not meet those of the tests.
 */
@NullMarked
package org.x2go.authservice.junit;

import org.jspecify.annotations.NullMarked;
