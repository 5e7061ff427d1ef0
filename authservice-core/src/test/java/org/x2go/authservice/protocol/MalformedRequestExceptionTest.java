package org.x2go.authservice.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.x2go.authservice.protocol.MalformedRequestException.Reason;

class MalformedRequestExceptionTest {
    @ParameterizedTest
    @EnumSource
    void messageNamesTheBrokenRule(Reason reason) {
        MalformedRequestException refusal = new MalformedRequestException(reason);
        refusal.addSuppressed(new IllegalStateException("ignored"));

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal).hasMessage(reason.text()).hasNoCause().hasNoSuppressedExceptions();
        assertThat(refusal.getStackTrace()).isEmpty();
    }

    @Test
    void messageHoldsNoInput() {
        ByteBuffer line = ByteBuffer.wrap("h\u00fcnter2\rhunter2\rhunter2".getBytes(ISO_8859_1));
        MalformedRequestException refusal =
                catchThrowableOfType(MalformedRequestException.class, () -> RequestFormat.parse(line));

        StringWriter printed = new StringWriter();
        refusal.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString()).doesNotContain("nter2");
    }
}
