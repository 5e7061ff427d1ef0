package org.x2go.authservice.auth;

import java.util.Set;

/**
 * The peers that may send requests, of those that the socket's file permissions let connect. A peer in either list is
 * admitted. Immutable and thread-safe.
 *
 * @param uids the user ids that are admitted
 * @param gids the group ids whose members are admitted
 */
public record PeerPolicy(Set<Integer> uids, Set<Integer> gids) {
    /** Copies the lists. */
    public PeerPolicy {
        uids = Set.copyOf(uids);
        gids = Set.copyOf(gids);
    }

    /** A policy that admits every peer that can connect. */
    public static PeerPolicy anyone() {
        return new PeerPolicy(Set.of(), Set.of());
    }

    /** Whether every peer is admitted, because both lists are empty. */
    public boolean admitsAnyone() {
        return uids.isEmpty() && gids.isEmpty();
    }

    /**
     * Whether this peer is admitted.
     *
     * @param peer the peer, whose group counts too
     * @param groups the peer's supplementary groups
     */
    public boolean admits(PeerCredentials peer, Set<Integer> groups) {
        return admitsAnyone()
                || uids.contains(peer.uid())
                || gids.contains(peer.gid())
                || groups.stream().anyMatch(gids::contains);
    }
}
