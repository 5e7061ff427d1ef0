package org.x2go.authservice.auth;

/**
 * The process at the other end of a connection, as the kernel recorded it at connect(2) (SO_PEERCRED of unix(7)).
 *
 * @param pid the process that connected
 * @param uid its effective user
 * @param gid its effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
