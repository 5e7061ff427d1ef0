package org.x2go.authservice.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what comes about by itself. */
public final class Await {
    /** Far more than anything here takes. */
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private Await() {}

    /** Waits until something is so, and fails if it does not come about. */
    public static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("this did not come about: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
