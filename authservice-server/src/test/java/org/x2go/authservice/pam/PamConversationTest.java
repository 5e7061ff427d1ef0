package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.CallbackReference;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.testsupport.RecordingDiagnostics;

/** Calls the native functions as a module would, from outside. */
class PamConversationTest {
    private static final int ECHO_OFF = 1;
    private static final int ECHO_ON = 2;
    private static final int ERROR = 3;
    private static final int INFO = 4;
    private static final long UNTOUCHED = 0x1234_5678L;

    private static final int SUCCESS = 0;
    private static final int CONV_ERR = 19;

    private final RecordingDiagnostics said = new RecordingDiagnostics();
    private final PamConversation conversation = new PamConversation(said);
    private final Credentials credentials = credentials("jürgen", "geheim".getBytes(StandardCharsets.UTF_8));

    private final Memory slot = new Memory(Native.POINTER_SIZE);

    PamConversationTest() {
        slot.setLong(0, UNTOUCHED);
    }

    @Test
    void onlyTheHiddenPromptIsAnswered() {
        conversation.begin(credentials);
        assertThat(converse(slot, INFO, ECHO_OFF, ERROR)).isEqualTo(SUCCESS);
        assertThat(answersOnLibcsHeap(3)).containsExactly(null, "geheim", null);
        assertThat(conversation.unanswered()).isNull();
    }

    @Test
    void otherPromptsAreUnansweredAndTheFirstIsNamed() {
        conversation.begin(credentials);
        assertThat(converse(slot, ECHO_OFF, ECHO_OFF)).isEqualTo(CONV_ERR);
        assertThat(converse(slot, ECHO_OFF, ECHO_ON)).isEqualTo(CONV_ERR);
        assertResponsesUntouched();
        assertThat(conversation.unanswered()).isEqualTo("2 hidden prompts at once, 'text\\nhere'");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 600, 100_000})
    void passwordOfAnyLengthIsPassedUnchanged(int length) {
        byte[] password = new byte[length];
        for (int i = 0; i < length; i++) {
            password[i] = (byte) (i % 255 + 1);
        }
        conversation.begin(credentials("u", password));
        assertThat(converse(slot, ECHO_OFF)).isEqualTo(SUCCESS);
        Pointer array = slot.getPointer(0);
        Pointer string = array.getPointer(0);
        assertThat(string.getByteArray(0, length)).isEqualTo(password);
        assertThat(string.getByte(length)).isZero();
        assertThat(array.getInt(Native.POINTER_SIZE)).isZero();
        free(array, 1);
    }

    @Test
    void maximumNumberOfMessagesIsAnswered() {
        conversation.begin(credentials);
        int[] styles = new int[32];
        java.util.Arrays.fill(styles, INFO);
        styles[31] = ECHO_OFF;
        assertThat(converse(slot, styles)).isEqualTo(SUCCESS);
        assertThat(answersOnLibcsHeap(32)).endsWith("geheim").containsOnlyOnce("geheim");
    }

    @Test
    void invalidNumberOfMessagesIsAnError() {
        conversation.begin(credentials);
        try (Memory messages = messages(new int[] {ECHO_OFF})) {
            for (int count : new int[] {0, -1, 33, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                assertThat(call(count, messages, slot)).isEqualTo(CONV_ERR);
            }
            assertThat(call(1, null, slot)).isEqualTo(CONV_ERR);
        }
        assertResponsesUntouched();
    }

    @Test
    void unknownMessageStyleIsAnError() {
        conversation.begin(credentials);
        assertThat(converse(slot, 5)).isEqualTo(CONV_ERR);
        assertThat(converse(slot, ECHO_OFF, 7)).isEqualTo(CONV_ERR);
        assertThat(converse(slot, 0, ECHO_OFF)).isEqualTo(CONV_ERR);
        assertResponsesUntouched();
        assertThat(conversation.failure()).isNull();
    }

    @Test
    void promptWithoutAResponsePointerIsAnError() {
        conversation.begin(credentials);
        assertThat(converse(null, INFO, ERROR)).isEqualTo(SUCCESS);
        assertThat(conversation.unanswered()).isNull();
        assertThat(converse(null, INFO, ECHO_OFF)).isEqualTo(CONV_ERR);
        assertThat(conversation.unanswered()).isNotNull();
    }

    @Test
    void promptOutsideATransactionIsAnError() {
        assertThat(converse(slot, ECHO_OFF)).isEqualTo(CONV_ERR);
        conversation.begin(credentials);
        conversation.end();
        assertThat(converse(slot, ECHO_OFF)).isEqualTo(CONV_ERR);
        assertResponsesUntouched();
    }

    @Test
    void exceptionBecomesAnErrorAndIsKept() {
        credentials.close();
        conversation.begin(credentials);
        assertThat(converse(slot, ECHO_OFF)).isEqualTo(CONV_ERR);
        assertThat(conversation.failure()).isInstanceOf(IllegalStateException.class);
        assertResponsesUntouched();
    }

    @Test
    void nextConversationStartsWithoutState() {
        Credentials closed = credentials("u", new byte[0]);
        closed.close();
        conversation.begin(closed);
        converse(slot, ECHO_OFF);
        converse(slot, ECHO_ON);
        delay(7, 1000);
        conversation.end();

        conversation.begin(credentials);
        assertThat(conversation.failure()).isNull();
        assertThat(conversation.unanswered()).isNull();
        assertThat(conversation.failDelay()).isZero();
        assertThat(converse(slot, ECHO_OFF)).isEqualTo(SUCCESS);
        assertThat(answersOnLibcsHeap(1)).containsExactly("geheim");
    }

    @Test
    void delayCountsForEveryResult() {
        conversation.begin(credentials);
        delay(0, 5_000_000);
        assertThat(conversation.failDelay()).isEqualTo(Duration.ofSeconds(5));
        conversation.begin(credentials);
        delay(7, 2_387_380);
        assertThat(conversation.failDelay()).isEqualTo(Duration.ofNanos(2_387_380_000L));
    }

    @Test
    void delayIsUnsigned() {
        conversation.begin(credentials);
        delay(4, 0xffff_ffff);
        assertThat(conversation.failDelay()).isEqualTo(Duration.ofNanos(4_294_967_295_000L));
    }

    @Test
    void textsAreLoggedWithoutThePassword() {
        conversation.begin(credentials);
        assertThat(converse(slot, INFO, ECHO_OFF, ERROR)).isEqualTo(SUCCESS);
        answersOnLibcsHeap(3);
        assertThat(said.lines()).hasSize(2).allMatch(line -> line.contains("text\\nhere"));
        assertThat(said.lines()).noneMatch(line -> line.contains("geheim"));
    }

    private static Credentials credentials(String user, byte[] password) {
        return Credentials.copyOf(user, ByteBuffer.wrap(password), "test");
    }

    private int converse(@Nullable Pointer responses, int... styles) {
        try (Memory messages = messages(styles)) {
            return call(styles.length, messages, responses);
        }
    }

    private int call(int count, @Nullable Pointer messages, @Nullable Pointer responses) {
        Pointer function = conversation.pamConv().getPointer(0);
        return Function.getFunction(function).invokeInt(new Object[] {count, messages, responses, null});
    }

    private void delay(int status, int microseconds) {
        Function.getFunction(CallbackReference.getFunctionPointer(conversation.delay()))
                .invokeVoid(new Object[] {status, microseconds, null});
    }

    /** Pointers to messages, then the messages, then their text. */
    private static Memory messages(int[] styles) {
        byte[] text = "text\nhere\0".getBytes(StandardCharsets.UTF_8);
        int word = Native.POINTER_SIZE;
        long textAt = 3L * word * styles.length;
        Memory memory = new Memory(textAt + text.length);
        memory.write(textAt, text, 0, text.length);
        for (int i = 0; i < styles.length; i++) {
            Pointer message = memory.share((long) word * styles.length + 2L * word * i);
            memory.setPointer((long) word * i, message);
            message.setLong(0, 0);
            message.setInt(0, styles[i]);
            message.setPointer(word, memory.share(textAt));
        }
        return memory;
    }

    /** The answers, which are freed as a module frees them: free(3) ends the process if they are not libc's. */
    private @Nullable String[] answersOnLibcsHeap(int count) {
        Pointer array = slot.getPointer(0);
        String[] answers = new String[count];
        for (int i = 0; i < count; i++) {
            Pointer string = array.getPointer(2L * Native.POINTER_SIZE * i);
            answers[i] = string == null ? null : string.getString(0, "UTF-8");
        }
        free(array, count);
        return answers;
    }

    private void free(Pointer array, int count) {
        Function free = Function.getFunction("c", "free");
        for (int i = 0; i < count; i++) {
            free.invokeVoid(new Object[] {array.getPointer(2L * Native.POINTER_SIZE * i)});
        }
        free.invokeVoid(new Object[] {array});
        slot.setLong(0, UNTOUCHED);
    }

    private void assertResponsesUntouched() {
        assertThat(slot.getLong(0)).isEqualTo(UNTOUCHED);
    }
}
