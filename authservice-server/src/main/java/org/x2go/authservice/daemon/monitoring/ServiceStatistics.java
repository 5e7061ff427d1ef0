package org.x2go.authservice.daemon.monitoring;

import java.util.Optional;
import org.x2go.authservice.server.ServerStatistics;
import org.x2go.authservice.worker.pool.PoolStatistics;

/**
 * Statistics of the service.
 *
 * @param server statistics of the server
 * @param pool statistics of the PAM workers; empty if PAM runs in this process
 */
public record ServiceStatistics(ServerStatistics server, Optional<PoolStatistics> pool) {}
