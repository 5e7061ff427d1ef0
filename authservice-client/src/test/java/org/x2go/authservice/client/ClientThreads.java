package org.x2go.authservice.client;

/** Looks for threads that clients have started. */
final class ClientThreads {
    private ClientThreads() {}

    /** Waits until none is left; the test's own timeout ends it otherwise. */
    static void awaitNone() throws InterruptedException {
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("authservice-client"))) {
            Thread.sleep(5);
        }
    }
}
