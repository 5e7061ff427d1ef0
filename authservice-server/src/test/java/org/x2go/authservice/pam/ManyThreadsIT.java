package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.Requirements;

@Timeout(120)
class ManyThreadsIT {
    private static final int THREADS = 8;
    private static final int QUESTIONS = 400;
    private static final int USERS = 50;

    @TempDir
    Path directory;

    @Test
    void everyRequestGetsItsOwnVerdict() throws Exception {
        Path passwords = directory.resolve("passwords");
        Files.write(
                passwords,
                IntStream.range(0, USERS)
                        .mapToObj(i -> "user" + i + ":password" + i + ":login")
                        .toList());
        String matrix = Requirements.pamModule("pam_matrix.so") + " passdb=" + passwords;
        ServiceDirectory services = new ServiceDirectory(directory)
                .service("login", "auth required " + matrix, "account required " + matrix)
                .service("closed", "auth required pam_deny.so");
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (PamAuthenticator pam = services.open("login", "closed")) {
            List<Callable<List<String>>> tasks = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                tasks.add(() -> wrongVerdicts(pam, number));
            }
            for (Future<List<String>> wrong : threads.invokeAll(tasks)) {
                assertThat(wrong.get()).isEmpty();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<String> wrongVerdicts(PamAuthenticator pam, int thread) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            int user = (thread + i) % USERS;
            int password = i % 3 == 0 ? (user + 1) % USERS : user;
            String service = i % 7 == 0 ? "closed" : "login";
            Verdict expected = user == password && service.equals("login") ? Verdict.OK : Verdict.FAIL;
            Verdict verdict = ServiceDirectory.ask(pam, "user" + user, "password" + password, service)
                    .verdict();
            if (verdict != expected) {
                wrong.add("user" + user + " password" + password + " " + service + ": " + verdict);
            }
        }
        return wrong;
    }
}
