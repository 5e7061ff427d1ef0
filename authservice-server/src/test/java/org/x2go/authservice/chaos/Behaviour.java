package org.x2go.authservice.chaos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.x2go.authservice.testsupport.RawPeer;

/** Behaviours of a peer on its connection. Peers with a healthy behaviour get every answer, in order. */
enum Behaviour {
    CONVERSES(true) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) throws IOException {
            for (ChaosRequest request : several(requests, random, 10)) {
                replies.record(request, peer.send(request.line()).reply());
            }
        }
    },
    SENDS_IN_PIECES(true) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) throws IOException {
            for (ChaosRequest request : several(requests, random, 5)) {
                String rest = request.line();
                while (!rest.isEmpty()) {
                    int length = Math.min(
                            rest.length(), 1 + random.nextInt(1 + request.line().length() / 4));
                    peer.send(rest.substring(0, length));
                    rest = rest.substring(length);
                }
                replies.record(request, peer.reply());
            }
        }
    },
    SENDS_AHEAD(true) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) throws IOException {
            List<ChaosRequest> asked = several(requests, random, 40);
            peer.send(lines(asked));
            for (ChaosRequest request : asked) {
                replies.record(request, peer.reply());
            }
        }
    },
    SHUTS_DOWN_OUTPUT(true) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) throws IOException {
            List<ChaosRequest> asked = several(requests, random, 40);
            String[] answers = peer.send(lines(asked)).shutdownOutput().rest().split("\n", -1);
            if (answers.length != asked.size() + 1) {
                replies.finding((answers.length - 1) + " answers to " + asked.size() + " requests, then the end");
            }
            for (int i = 0; i < Math.min(answers.length - 1, asked.size()); i++) {
                replies.record(asked.get(i), answers[i]);
            }
        }
    },
    SENDS_GARBAGE(true) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) throws IOException {
            byte[] garbage = new byte[random.nextInt(2000)];
            random.nextBytes(garbage);
            String answers = peer.send(new String(garbage, ISO_8859_1) + "\n")
                    .shutdownOutput()
                    .rest();
            replies.count("garbage");
            if (answers.isEmpty() || !answers.matches("((bad|fail)\n)*")) {
                replies.finding("garbage was answered " + answers);
            }
        }
    },
    LEAVES_WITH_ANSWERS_UNREAD(false) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) throws IOException {
            List<ChaosRequest> asked = several(requests, random, 40);
            peer.send(lines(asked));
            replies.record(asked.get(0), peer.reply());
        }
    },
    LEAVES_WITHOUT_AN_ANSWER(false) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) throws IOException {
            String line = requests.next(random).line();
            peer.send(line.substring(0, random.nextInt(line.length() + 1)));
        }
    },
    NEVER_READS(false) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) throws IOException {
            peer.send("\n".repeat(1_000_000));
            replies.finding("a peer that never reads could send a megabyte");
        }
    },
    DOES_NOT_FINISH(false) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) throws IOException {
            String answers = peer.send("user0\rright").rest();
            if (!answers.equals("error\n")) {
                replies.finding("a peer that did not finish its request was answered " + answers);
            }
        }
    },
    LEAVES_AT_ONCE(false) {
        @Override
        void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies) {}
    };

    private final boolean healthy;

    Behaviour(boolean healthy) {
        this.healthy = healthy;
    }

    /** Whether the server must not close such a connection. */
    boolean isHealthy() {
        return healthy;
    }

    /** Behaves like that on a new connection. */
    abstract void act(RawPeer peer, ChaosRequest.Source requests, Random random, ReplyCounts replies)
            throws IOException;

    private static List<ChaosRequest> several(ChaosRequest.Source requests, Random random, int most) {
        return Stream.generate(() -> requests.next(random))
                .limit(1L + random.nextInt(most))
                .toList();
    }

    private static String lines(List<ChaosRequest> requests) {
        StringBuilder lines = new StringBuilder();
        requests.forEach(request -> lines.append(request.line()));
        return lines.toString();
    }
}
