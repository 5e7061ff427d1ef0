package org.x2go.authservice.auth;

/**
 * Who is at the other end of a connection, as the kernel recorded it when the connection was made (SO_PEERCRED,
 * unix(7)).
 *
 * @param pid the process that connected
 * @param uid its effective user
 * @param gid its effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
