package org.x2go.authservice.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.daemon.config.Isolation;
import org.x2go.authservice.daemon.config.Settings;
import org.x2go.authservice.daemon.logging.LoggedDiagnostics;
import org.x2go.authservice.daemon.monitoring.ServiceStatistics;
import org.x2go.authservice.pam.PamAuthenticator;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.server.AsyncAuthenticatorFactory;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.worker.pool.ConnectingLauncher;
import org.x2go.authservice.worker.pool.JavaCommand;
import org.x2go.authservice.worker.pool.SpawningLauncher;
import org.x2go.authservice.worker.pool.WorkerLauncher;
import org.x2go.authservice.worker.pool.WorkerPool;
import org.x2go.authservice.worker.process.WorkerOptions;

/** The program's service: the server, and PAM in this process or in workers. */
final class Service implements AutoCloseable {
    /** The usual size, whatever -Xss is for other threads. */
    private static final long MODULES_STACK_BYTES = 1024 * 1024;

    private final AuthServer server;

    /** Null if PAM runs in other processes. */
    private final @Nullable PamAuthenticator pam;

    /** Null if PAM runs in this process. The server closes it. */
    private final @Nullable WorkerPool pool;

    private Service(AuthServer server, @Nullable PamAuthenticator pam, @Nullable WorkerPool pool) {
        this.server = server;
        this.pam = pam;
        this.pool = pool;
    }

    /**
     * Starts the service; when this returns, the socket answers.
     *
     * @param inherited the descriptor of an inherited socket; empty to create one
     * @throws IOException if it cannot be started; the message tells an administrator why
     * @throws PamUnavailableException if there is no PAM here; the message says what to install
     */
    static Service start(Settings settings, OptionalInt inherited) throws IOException, PamUnavailableException {
        AuthServerConfig config = settings.serverConfig();
        Isolation isolation = settings.isolation();
        Diagnostics log = new LoggedDiagnostics();
        if (isolation.mode() == Isolation.Mode.THREAD) {
            PamAuthenticator pam = PamAuthenticator.open(settings.pam(), log);
            AuthServer server = inherited.isPresent()
                    ? AuthServer.adopt(config, pam, inherited.getAsInt())
                    : AuthServer.start(config, pam);
            return new Service(server, pam, null);
        }
        WorkerOptions worker = new WorkerOptions(
                settings.pam(), isolation.limits(), settings.log().debug());
        WorkerLauncher launcher = isolation.workerSocket().isPresent()
                ? new ConnectingLauncher(isolation.workerSocket().get(), log)
                : new SpawningLauncher(JavaCommand.of(Main.class.getName(), worker.arguments()), log, true);
        CompletableFuture<WorkerPool> pool = new CompletableFuture<>();
        AsyncAuthenticatorFactory opener = loop -> {
            pool.complete(WorkerPool.open(
                    loop, launcher, config.limit(Limit.WORKERS), config.limit(Limit.MAX_QUEUED_REQUESTS), log));
            return pool.join();
        };
        AuthServer server = inherited.isPresent()
                ? AuthServer.adopt(config, opener, inherited.getAsInt())
                : AuthServer.start(config, opener);
        return new Service(server, null, pool.join());
    }

    /** The path of the socket. */
    Path socket() {
        return server.socketPath();
    }

    /** The statistics, from the event loop; see {@link AuthServer#statistics}. */
    CompletableFuture<ServiceStatistics> statistics() {
        return pool == null
                ? server.statistics().thenApply(counts -> new ServiceStatistics(counts, Optional.empty()))
                : server.statistics()
                        .thenCombine(
                                pool.statistics(),
                                (counts, workers) -> new ServiceStatistics(counts, Optional.of(workers)));
    }

    /**
     * Loads the modules of the allowed PAM services. Requests are answered meanwhile; the first ones may wait for the modules,
     * too.
     */
    void preload() {
        if (pam != null) {
            Thread thread = new Thread(null, pam::preload, "pam-preload", MODULES_STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Modules are not unloaded, since that would run their code. */
    @Override
    public void close() {
        server.close();
    }
}
