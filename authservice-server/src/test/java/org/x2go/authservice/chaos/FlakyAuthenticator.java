package org.x2go.authservice.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;

/**
 * Accepts the password "right" of every user. The user's name selects a behaviour: quick, slow, stuck, broken or
 * delayed.
 */
final class FlakyAuthenticator implements Authenticator, ChaosRequest.Source {
    private static final String SERVICE = "x2gobroker";

    /** Enough that a name seldom waits for a permit. */
    private static final int NAMES = 200;

    private final Duration stuckFor;
    private final Semaphore stuck;

    /** Creates an authenticator with at most this many stuck calls at a time, for this long each. */
    FlakyAuthenticator(int mostStuck, Duration stuckFor) {
        this.stuck = new Semaphore(mostStuck);
        this.stuckFor = stuckFor;
    }

    @Override
    public AuthResult authenticate(Credentials credentials, PeerCredentials peer) throws Exception {
        String user = credentials.user();
        if (user.startsWith("slow")) {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(50));
        } else if (user.startsWith("stuck") && stuck.tryAcquire()) {
            try {
                TimeUnit.NANOSECONDS.sleep(stuckFor.toNanos());
            } finally {
                stuck.release();
            }
        } else if (user.startsWith("broken")) {
            fail(ThreadLocalRandom.current());
        }
        if (UTF_8.decode(credentials.password()).toString().equals("right")) {
            return AuthResult.ok();
        }
        AuthResult refusal = AuthResult.fail("wrong");
        return user.startsWith("delayed") ? refusal.delayedBy(Duration.ofMillis(200)) : refusal;
    }

    private static void fail(Random random) throws IOException {
        switch (random.nextInt(4)) {
            case 0 -> throw new IOException("broken");
            case 1 -> throw new IllegalStateException("broken");
            case 2 -> throw new UnsatisfiedLinkError("broken");
            default -> throw new StackOverflowError("broken");
        }
    }

    @Override
    public ChaosRequest next(Random random) {
        int number = random.nextInt(NAMES);
        boolean right = random.nextBoolean();
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> ChaosRequest.withCertainAnswer(random);
            case 4 -> ChaosRequest.unanswerable("broken" + number, right ? "right" : "guess", SERVICE);
            case 5 -> ask("stuck" + number, right);
            case 6, 7 -> ask("delayed" + number, right);
            case 8, 9 -> ask("slow" + number, right);
            default -> ask("quick" + number, right);
        };
    }

    private static ChaosRequest ask(String user, boolean right) {
        return right ? ChaosRequest.right(user, "right", SERVICE) : ChaosRequest.wrong(user, "guess", SERVICE);
    }
}
