package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.protocol.Verdict;

class PamStatusTest {
    @Test
    void everyStatusNumberOfLinuxPamIsKnown() {
        assertThat(IntStream.rangeClosed(0, 31).mapToObj(PamStatus::of))
                .doesNotHaveDuplicates()
                .doesNotContain(PamStatus.UNKNOWN);
    }

    @Test
    void statusNumbersAreThoseOfLinuxPam() {
        assertThat(PamStatus.of(7).cName()).isEqualTo("PAM_AUTH_ERR");
        assertThat(PamStatus.of(19).cName()).isEqualTo("PAM_CONV_ERR");
        assertThat(PamStatus.of(26).cName()).isEqualTo("PAM_ABORT");
        assertThat(PamStatus.of(31).cName()).isEqualTo("PAM_INCOMPLETE");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 32, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void unknownStatusNumberIsAnError(int number) {
        assertThat(PamStatus.of(number)).isSameAs(PamStatus.UNKNOWN);
        assertThat(PamStatus.UNKNOWN.verdict()).isEqualTo(Verdict.ERROR);
    }

    @Test
    void onlySuccessIsOk() {
        assertThat(PamStatus.values())
                .filteredOn(status -> status.verdict() == Verdict.OK)
                .containsExactly(PamStatus.SUCCESS);
    }

    @Test
    void onlyDecisionsAboutTheUserAreRefusals() {
        EnumSet<PamStatus> refusals = EnumSet.noneOf(PamStatus.class);
        Arrays.stream(PamStatus.values())
                .filter(status -> status.verdict() == Verdict.FAIL)
                .forEach(refusals::add);
        assertThat(refusals)
                .containsExactly(
                        PamStatus.PERM_DENIED,
                        PamStatus.AUTH_ERR,
                        PamStatus.USER_UNKNOWN,
                        PamStatus.MAXTRIES,
                        PamStatus.NEW_AUTHTOK_REQD,
                        PamStatus.ACCT_EXPIRED,
                        PamStatus.CRED_EXPIRED,
                        PamStatus.AUTHTOK_EXPIRED);
    }
}
