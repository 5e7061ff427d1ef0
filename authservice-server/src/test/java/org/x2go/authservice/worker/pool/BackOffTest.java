package org.x2go.authservice.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.x2go.authservice.testsupport.Said;

/** What makes the service try less often, what makes it say that it is unhealthy, and what ends that. */
class BackOffTest {
    private static final int MANY = 5;

    private final Said said = new Said();
    private final BackOff backOff = new BackOff(said);

    @Test
    void oneDeathDelaysNoStartAndTheNextOneDoes() {
        backOff.died();
        assertThat(backOff.isPause()).isFalse();
        backOff.died();
        assertThat(backOff.isPause()).isTrue();
        assertThat(backOff.allDied()).isEqualTo(2);
    }

    @Test
    void manyDeathsWithoutAnAnswerAreSaidOnceAndUntilThereIsOne() {
        for (int i = 0; i < MANY - 1; i++) {
            backOff.died();
        }
        assertThat(backOff.isHealthy()).isTrue();
        assertThat(said.lines()).isEmpty();
        backOff.died();
        backOff.died();
        assertThat(backOff.isHealthy()).isFalse();
        assertThat(said.lines()).singleElement().asString().startsWith("ERROR PAM workers have died 5 times");
        backOff.answered();
        backOff.answered();
        assertThat(backOff.isHealthy()).isTrue();
        assertThat(said.lines()).hasSize(2).last().asString().isEqualTo("WARN PAM workers answer again");
    }

    @Test
    void workersThatModulesMakeDieInRequestsSayNothingAgainstStartingOthers() {
        for (int i = 0; i < 10 * MANY; i++) {
            backOff.started();
            backOff.died();
        }
        assertThat(backOff.isHealthy()).isFalse();
        assertThat(backOff.canStart()).isTrue();
    }

    @Test
    void manyStartsThatFailAreSaidOnceAndUntilOneIsReady() {
        for (int i = 0; i < MANY - 1; i++) {
            backOff.failedToStart();
        }
        assertThat(backOff.canStart()).isTrue();
        backOff.failedToStart();
        backOff.failedToStart();
        assertThat(backOff.canStart()).isFalse();
        assertThat(said.lines())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("ERROR No PAM worker could be started in 5 tries");
        backOff.started();
        backOff.started();
        assertThat(backOff.canStart()).isTrue();
        assertThat(said.lines()).hasSize(3).last().asString().isEqualTo("WARN PAM workers can be started again");
    }

    @Test
    void startsThatFailNowAndThenAreForgotten() {
        for (int i = 0; i < 10 * MANY; i++) {
            backOff.failedToStart();
            backOff.started();
        }
        assertThat(backOff.canStart()).isTrue();
    }
}
