/**
 * The state of the service for systemd and Prometheus.
 */
@NullMarked
package org.x2go.authservice.daemon.monitoring;

import org.jspecify.annotations.NullMarked;
