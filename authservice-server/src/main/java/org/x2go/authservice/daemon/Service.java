package org.x2go.authservice.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.x2go.authservice.daemon.config.Settings;
import org.x2go.authservice.daemon.monitoring.ServiceStatistics;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;

/** The service as the program runs it: the socket in front, PAM behind. */
final class Service implements AutoCloseable {
    /** The ordinary size, whatever that of other threads is set to. */
    private static final long MODULES_STACK_BYTES = 1024 * 1024;

    private final AuthServer server;
    private final Pam pam;

    private Service(AuthServer server, Pam pam) {
        this.server = server;
        this.pam = pam;
    }

    /**
     * Starts it; when this returns, the socket answers.
     *
     * @param inherited the descriptor of the socket to answer on; empty if it is to be made
     * @throws IOException if it cannot be started; the message says why, for an admin
     * @throws PamUnavailableException if there is no PAM here; the message says what to install
     */
    static Service start(Settings settings, OptionalInt inherited) throws IOException, PamUnavailableException {
        AuthServerConfig config = settings.serverConfig();
        Pam pam = Pam.open(settings);
        return new Service(pam.serve(config, inherited), pam);
    }

    /** Where the socket is. */
    Path socket() {
        return server.socketPath();
    }

    /** How it is, as its event loop says; see {@link AuthServer#statistics}. */
    CompletableFuture<ServiceStatistics> statistics() {
        try {
            return server.statistics().thenCombine(pam.statistics(), ServiceStatistics::new);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Has the modules of the services loaded. Requests are answered meanwhile; the first ones may wait as well. */
    void warmUp() {
        Thread thread = new Thread(null, pam::warmUp, "pam-warm-up", MODULES_STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
    }

    /** Modules are not unloaded, but end with the process: that would run code of theirs. */
    @Override
    public void close() {
        server.close();
    }
}
