package org.x2go.authservice.daemon.monitoring;

import java.util.Optional;
import org.x2go.authservice.server.ServerStatistics;
import org.x2go.authservice.worker.pool.PoolStatistics;

/**
 * How the service is.
 *
 * @param server what its socket's side says
 * @param pool what the PAM workers' side says; empty if PAM runs in this process
 */
public record ServiceStatistics(ServerStatistics server, Optional<PoolStatistics> pool) {}
