package org.x2go.authservice.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.daemon.logging.LoggedDiagnostics;
import org.x2go.authservice.pam.PamAuthenticator;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.worker.pool.ConnectedWorkers;
import org.x2go.authservice.worker.pool.JavaCommand;
import org.x2go.authservice.worker.pool.PoolStatistics;
import org.x2go.authservice.worker.pool.StartedWorkers;
import org.x2go.authservice.worker.pool.WorkerPool;
import org.x2go.authservice.worker.pool.WorkerSource;

/** PAM as the program has it: in this process or in others. */
final class Pam implements AutoCloseable {
    private final Authenticator authenticator;
    private final Runnable warmUp;
    private final Runnable close;
    private final Supplier<Optional<PoolStatistics>> statistics;

    private Pam(
            Authenticator authenticator,
            Runnable warmUp,
            Runnable close,
            Supplier<Optional<PoolStatistics>> statistics) {
        this.authenticator = authenticator;
        this.warmUp = warmUp;
        this.close = close;
        this.statistics = statistics;
    }

    /**
     * Makes it ready.
     *
     * @throws IOException if it cannot be asked; the message says why, for an admin
     * @throws PamUnavailableException if there is no PAM here; the message says what to install
     */
    static Pam open(Settings settings) throws IOException, PamUnavailableException {
        Diagnostics log = new LoggedDiagnostics();
        if (settings.isolation().mode() == Isolation.Mode.THREAD) {
            PamAuthenticator pam = PamAuthenticator.open(settings.pam(), log);
            return new Pam(pam, pam::warmUp, pam::close, Optional::empty);
        }
        WorkerPool pool =
                WorkerPool.start(workers(settings, log), settings.serverConfig().limit(Limit.WORKERS), log);
        return new Pam(pool, () -> {}, pool::close, () -> Optional.of(pool.statistics()));
    }

    private static WorkerSource workers(Settings settings, Diagnostics log) throws IOException {
        if (settings.isolation().workerSocket().isPresent()) {
            return new ConnectedWorkers(settings.isolation().workerSocket().get(), log);
        }
        return new StartedWorkers(JavaCommand.of(Main.class.getName(), arguments(settings)), log, true);
    }

    private static List<String> arguments(Settings settings) {
        List<String> arguments = new ArrayList<>();
        settings.services().allowed().stream()
                .sorted()
                .forEach(service -> arguments.addAll(List.of("--allow-service", service)));
        settings.pam()
                .confdir()
                .map(Path::toString)
                .ifPresent(directory -> arguments.addAll(List.of("--pam-confdir", directory)));
        arguments.addAll(List.of(
                "--denied-modules", String.join(" ", settings.pam().denied().names())));
        Isolation isolation = settings.isolation();
        arguments.addAll(List.of("--worker-max-requests", Integer.toString(isolation.workerRequests())));
        arguments.addAll(List.of("--worker-max-rss", Integer.toString(isolation.workerMegabytes())));
        if (settings.log().debug()) {
            arguments.add("--debug");
        }
        return arguments;
    }

    /** What the server asks. */
    Authenticator authenticator() {
        return authenticator;
    }

    /** Loads the modules of the services, where they stay loaded. */
    void warmUp() {
        warmUp.run();
    }

    /** How the workers are; empty if PAM is in this process. */
    Optional<PoolStatistics> statistics() {
        return statistics.get();
    }

    @Override
    public void close() {
        close.run();
    }
}
