package org.x2go.authservice.testsupport;

/**
 * How much is tested: some cases of each kind in every build, and all cases with {@code -Dauthservice.tests=all}, as in CI.
 * The build says at its start what it leaves out.
 */
public final class TestScope {
    private static final boolean ALL = "all".equals(System.getProperty("authservice.tests"));

    private TestScope() {}

    /** The test goes on only in a run of all tests: it takes long, and another test stands for it elsewhere. */
    public static void requireAll() {
        Requirements.require(ALL, "-Dauthservice.tests=all, since it takes long");
    }

    /** How often or how long a test does something. */
    public static int choose(int inEveryBuild, int inAll) {
        return ALL ? inAll : inEveryBuild;
    }
}
