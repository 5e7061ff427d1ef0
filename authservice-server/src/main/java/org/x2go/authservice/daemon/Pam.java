package org.x2go.authservice.daemon;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.daemon.config.Isolation;
import org.x2go.authservice.daemon.config.Settings;
import org.x2go.authservice.daemon.logging.LoggedDiagnostics;
import org.x2go.authservice.pam.PamAuthenticator;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.server.AsyncAuthenticatorFactory;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.worker.pool.ConnectingLauncher;
import org.x2go.authservice.worker.pool.JavaCommand;
import org.x2go.authservice.worker.pool.PoolStatistics;
import org.x2go.authservice.worker.pool.SpawningLauncher;
import org.x2go.authservice.worker.pool.WorkerLauncher;
import org.x2go.authservice.worker.pool.WorkerPool;

/** PAM as the program has it: in this process or in others. */
final class Pam {
    private final Settings settings;
    private final Diagnostics log = new LoggedDiagnostics();

    /** Null if PAM runs in other processes. */
    private final @Nullable PamAuthenticator authenticator;

    private @Nullable WorkerPool pool;

    private Pam(Settings settings) throws PamUnavailableException {
        this.settings = settings;
        boolean here = settings.isolation().mode() == Isolation.Mode.THREAD;
        this.authenticator = here ? PamAuthenticator.open(settings.pam(), log) : null;
    }

    /**
     * Makes it ready.
     *
     * @throws PamUnavailableException if there is no PAM here; the message says what to install
     */
    static Pam open(Settings settings) throws PamUnavailableException {
        return new Pam(settings);
    }

    /**
     * Starts a server that asks it.
     *
     * @param inherited the descriptor of the socket to answer on; empty if it is to be made
     * @throws IOException if the socket cannot be made, or no PAM worker be started; the message says why, for an admin
     */
    AuthServer serve(AuthServerConfig config, OptionalInt inherited) throws IOException {
        if (authenticator != null) {
            return inherited.isPresent()
                    ? AuthServer.adopt(config, authenticator, inherited.getAsInt())
                    : AuthServer.start(config, authenticator);
        }
        AsyncAuthenticatorFactory workers = loop -> openPool(config, loop);
        return inherited.isPresent()
                ? AuthServer.adopt(config, workers, inherited.getAsInt())
                : AuthServer.start(config, workers);
    }

    private WorkerPool openPool(AuthServerConfig config, EventLoop loop) throws IOException {
        pool = WorkerPool.open(
                loop, launcher(), config.limit(Limit.WORKERS), config.limit(Limit.MAX_QUEUED_REQUESTS), log);
        return pool;
    }

    private WorkerLauncher launcher() throws IOException {
        if (settings.isolation().workerSocket().isPresent()) {
            return new ConnectingLauncher(settings.isolation().workerSocket().get(), log);
        }
        return new SpawningLauncher(JavaCommand.of(Main.class.getName(), arguments(settings)), log, true);
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

    /** Loads the modules of the services, where they stay loaded. */
    void warmUp() {
        if (authenticator != null) {
            authenticator.warmUp();
        }
    }

    /** How the workers are; empty if PAM is in this process. */
    CompletableFuture<Optional<PoolStatistics>> statistics() {
        return pool == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : pool.statistics().thenApply(Optional::of);
    }
}
