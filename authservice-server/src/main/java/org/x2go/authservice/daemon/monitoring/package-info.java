/**
 * How the service is, told to systemd and to Prometheus.
 */
@NullMarked
package org.x2go.authservice.daemon.monitoring;

import org.jspecify.annotations.NullMarked;
