package org.x2go.authservice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Whatever bytes a peer sends, the pipeline answers as the model says, and loses no buffer. */
class PipelineFuzzTest {
    private final ProtocolModel model = RequestStreams.model();
    private final PipelineOnOneThread pipeline = new PipelineOnOneThread(
            RequestStreams.MAX_REQUEST_BYTES, RequestStreams.ALLOWED_SERVICES, RequestStreams.ACCOUNTS);

    @FuzzTest
    void repliesMatchTheModel(byte[] sent) {
        String expected =
                model.repliesTo(sent).stream().map(word -> word + "\n").collect(Collectors.joining());
        // The same bytes come in the same pieces, so that a finding can be run again.
        List<byte[]> pieces = new RequestStreams(new Random(Arrays.hashCode(sent))).pieces(sent);
        assertThat(pipeline.repliesTo(pieces))
                .as(() -> "replies to " + new String(sent, ISO_8859_1))
                .isEqualTo(expected);
    }
}
