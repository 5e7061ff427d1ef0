package org.x2go.authservice.chaos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.x2go.authservice.testsupport.RawPeer;

/** What a peer may do with its connection. Those that are healthy get every answer, in order. */
enum Behaviour {
    CONVERSES(true) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException {
            for (Question question : several(questions, random, 10)) {
                tally.answer(question, peer.send(question.line()).reply());
            }
        }
    },
    SENDS_IN_PIECES(true) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException {
            for (Question question : several(questions, random, 5)) {
                String rest = question.line();
                while (!rest.isEmpty()) {
                    int length = Math.min(
                            rest.length(),
                            1 + random.nextInt(1 + question.line().length() / 4));
                    peer.send(rest.substring(0, length));
                    rest = rest.substring(length);
                }
                tally.answer(question, peer.reply());
            }
        }
    },
    SENDS_AHEAD(true) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException {
            List<Question> asked = several(questions, random, 40);
            peer.send(lines(asked));
            for (Question question : asked) {
                tally.answer(question, peer.reply());
            }
        }
    },
    ENDS_ITS_INPUT(true) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException {
            List<Question> asked = several(questions, random, 40);
            String[] answers = peer.send(lines(asked)).endInput().rest().split("\n", -1);
            if (answers.length != asked.size() + 1) {
                tally.finding((answers.length - 1) + " answers to " + asked.size() + " questions, then the end");
            }
            for (int i = 0; i < Math.min(answers.length - 1, asked.size()); i++) {
                tally.answer(asked.get(i), answers[i]);
            }
        }
    },
    SENDS_GARBAGE(true) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException {
            byte[] garbage = new byte[random.nextInt(2000)];
            random.nextBytes(garbage);
            String answers =
                    peer.send(new String(garbage, ISO_8859_1) + "\n").endInput().rest();
            tally.count("garbage");
            if (answers.isEmpty() || !answers.matches("((bad|fail)\n)*")) {
                tally.finding("garbage was answered " + answers);
            }
        }
    },
    LEAVES_WITH_ANSWERS_UNREAD(false) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException {
            List<Question> asked = several(questions, random, 40);
            peer.send(lines(asked));
            tally.answer(asked.get(0), peer.reply());
        }
    },
    LEAVES_WITHOUT_AN_ANSWER(false) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException {
            String line = questions.next(random).line();
            peer.send(line.substring(0, random.nextInt(line.length() + 1)));
        }
    },
    NEVER_READS(false) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException {
            peer.send("\n".repeat(1_000_000));
            tally.finding("a peer that never reads could send a megabyte");
        }
    },
    DOES_NOT_FINISH(false) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException {
            String answers = peer.send("user0\rright").rest();
            if (!answers.equals("error\n")) {
                tally.finding("a peer that did not finish its request was answered " + answers);
            }
        }
    },
    LEAVES_AT_ONCE(false) {
        @Override
        void act(RawPeer peer, Question.Source questions, Random random, Tally tally) {}
    };

    private final boolean healthy;

    Behaviour(boolean healthy) {
        this.healthy = healthy;
    }

    /** Whether the server has no reason to break such a connection. */
    boolean isHealthy() {
        return healthy;
    }

    /** Behaves like that on a connection that was just made. */
    abstract void act(RawPeer peer, Question.Source questions, Random random, Tally tally) throws IOException;

    private static List<Question> several(Question.Source questions, Random random, int most) {
        return Stream.generate(() -> questions.next(random))
                .limit(1L + random.nextInt(most))
                .toList();
    }

    private static String lines(List<Question> questions) {
        StringBuilder lines = new StringBuilder();
        questions.forEach(question -> lines.append(question.line()));
        return lines.toString();
    }
}
