package org.x2go.authservice.auth;

import java.util.Set;

/**
 * Which peers may ask, besides what the mode of the socket's file says. Either list admits.
 *
 * @param uids the users who may ask, by number
 * @param gids the groups whose members may ask, by number
 */
public record PeerPolicy(Set<Integer> uids, Set<Integer> gids) {
    /** Copies the lists. */
    public PeerPolicy {
        uids = Set.copyOf(uids);
        gids = Set.copyOf(gids);
    }

    /** Whoever can open the socket may ask. */
    public static PeerPolicy anyone() {
        return new PeerPolicy(Set.of(), Set.of());
    }

    /** Whether every peer may ask, because both lists are empty. */
    public boolean admitsAnyone() {
        return uids.isEmpty() && gids.isEmpty();
    }

    /**
     * Whether this peer may ask.
     *
     * @param groups the peer's supplementary groups
     */
    public boolean admits(PeerCredentials peer, Set<Integer> groups) {
        return admitsAnyone()
                || uids.contains(peer.uid())
                || gids.contains(peer.gid())
                || groups.stream().anyMatch(gids::contains);
    }
}
