package org.x2go.authservice.testsupport;

import java.security.SecureRandom;
import java.util.Random;

/**
 * Runs a property many times, half of them with the same seeds in every build, half with new ones. A failure names its seed;
 * {@code -Dauthservice.property.seed=N} runs that one again, {@code -Dauthservice.property.factor=N} runs N times as many.
 */
public final class RandomRuns {
    /** What shall hold whatever the numbers are. */
    @FunctionalInterface
    public interface Property {
        void check(Random random) throws Exception;
    }

    private RandomRuns() {}

    public static void check(int runs, Property property) {
        Long only = Long.getLong("authservice.property.seed");
        if (only != null) {
            check(only.longValue(), property);
            return;
        }
        Random seeds = new SecureRandom();
        long all = (long) runs * Integer.getInteger("authservice.property.factor", 1);
        for (long i = 0; i < all; i++) {
            check(i % 2 == 0 ? i : seeds.nextLong(), property);
        }
    }

    private static void check(long seed, Property property) {
        try {
            property.check(new Random(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("Run it again with -Dauthservice.property.seed=" + seed, e);
        }
    }
}
