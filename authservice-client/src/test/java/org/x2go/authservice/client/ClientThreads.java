package org.x2go.authservice.client;

/** Looks for threads that clients have started. */
final class ClientThreads {
    private ClientThreads() {}

    /** Waits until none is left. */
    static void awaitNone() throws InterruptedException {
        Await.until(
                "no client has a thread",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("authservice-client")));
    }
}
