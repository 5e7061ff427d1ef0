package org.x2go.authservice.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.posix.Accounts;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.ServerStatistics;
import org.x2go.authservice.worker.pool.PoolStatistics;

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
        PeerPolicy peers = peers(settings);
        int uid = inherited.isPresent() ? -1 : uid(settings.owner());
        int gid = inherited.isPresent() ? -1 : gid(settings.group());
        AuthServerConfig config = settings.serverConfig(uid, gid, peers);
        Pam pam = Pam.open(settings);
        try {
            AuthServer server = inherited.isPresent()
                    ? AuthServer.adopt(config, pam.authenticator(), inherited.getAsInt())
                    : AuthServer.start(config, pam.authenticator());
            return new Service(server, pam);
        } catch (IOException | RuntimeException | Error e) {
            pam.close();
            throw e;
        }
    }

    /** Where the socket is. */
    Path socket() {
        return server.socketPath();
    }

    /** What the socket's side is doing, as its event loop says; see {@link AuthServer#statistics}. */
    CompletableFuture<ServerStatistics> serverStatistics() {
        return server.statistics();
    }

    /** How the PAM workers are; empty if PAM runs in this process. */
    Optional<PoolStatistics> poolStatistics() {
        return pam.statistics();
    }

    /** Loads the modules of the services. Requests are answered meanwhile; the first ones may wait as well. */
    void warmUp() throws InterruptedException {
        Thread thread = new Thread(null, pam::warmUp, "pam-warm-up", MODULES_STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        thread.join();
    }

    /** The number of the socket's owner, -1 if it is to be the process's user. */
    static int uid(Optional<String> owner) throws IOException {
        return owner.isEmpty() ? -1 : number(owner.get(), Accounts.uidOf(owner.get()), "there is no user", "--owner");
    }

    /** The number of the socket's group, -1 if it is to be the process's. */
    static int gid(Optional<String> group) throws IOException {
        return group.isEmpty() ? -1 : number(group.get(), Accounts.gidOf(group.get()), "there is no group", "--group");
    }

    /** Who may ask, their names looked up. */
    static PeerPolicy peers(Settings settings) throws IOException {
        Set<Integer> uids = new HashSet<>();
        for (String user : settings.allowUids()) {
            uids.add(number(user, Accounts.uidOf(user), "there is no user", "--allow-uid"));
        }
        Set<Integer> gids = new HashSet<>();
        for (String group : settings.allowGids()) {
            gids.add(number(group, Accounts.gidOf(group), "there is no group", "--allow-gid"));
        }
        return new PeerPolicy(uids, gids);
    }

    private static int number(String name, OptionalInt found, String missing, String option) throws IOException {
        if (found.isPresent()) {
            return found.getAsInt();
        }
        try {
            return Integer.parseUnsignedInt(name);
        } catch (NumberFormatException e) {
            throw new IOException(missing + " '" + name + "': make it, or choose another with " + option, e);
        }
    }

    @Override
    public void close() {
        server.close();
        pam.close();
    }
}
