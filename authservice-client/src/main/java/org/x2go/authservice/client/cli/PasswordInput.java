package org.x2go.authservice.client.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.protocol.RequestFormat;
import org.x2go.authservice.protocol.Wipe;
import org.x2go.authservice.text.LocaleText;

/** Reads a password from the terminal or from standard input. */
final class PasswordInput {
    /** Shows a question on the terminal and reads a line without echo; null at the end of input. */
    @FunctionalInterface
    interface Prompt {
        char @Nullable [] ask(String question);
    }

    private final Prompt prompt;
    private final ReadableByteChannel input;

    PasswordInput(Prompt prompt, ReadableByteChannel input) {
        this.prompt = prompt;
        this.input = input;
    }

    /**
     * Asks for a user's password.
     *
     * @return the password, which the caller wipes
     * @throws IllegalArgumentException if none was given, if the locale cannot express it, or if there is no terminal
     */
    char[] ask(String user) {
        char[] password = prompt.ask("Password of " + user + ": ");
        if (password == null) {
            throw new IllegalArgumentException("No password was given");
        }
        try {
            LocaleText.requireDecoded("The password", CharBuffer.wrap(password));
            return password;
        } catch (IllegalArgumentException e) {
            Arrays.fill(password, '\0');
            throw e;
        }
    }

    /**
     * Reads standard input up to the first newline, or to the end.
     *
     * @return the password, which the caller wipes
     * @throws IllegalArgumentException if it is too long, or not UTF-8
     */
    char[] readLine() throws IOException {
        ByteBuffer line = ByteBuffer.allocateDirect(RequestFormat.DEFAULT_MAX_REQUEST_BYTES);
        try {
            int end = -1;
            while (end < 0) {
                if (!line.hasRemaining()) {
                    throw new IllegalArgumentException("The password is too long");
                }
                int searched = line.position();
                if (input.read(line) < 0) {
                    end = line.position();
                } else {
                    end = newline(line, searched);
                }
            }
            return decode(line.limit(end).position(0));
        } finally {
            Wipe.wipe(line);
        }
    }

    private static int newline(ByteBuffer line, int from) {
        for (int i = from; i < line.position(); i++) {
            if (line.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static char[] decode(ByteBuffer utf8) {
        char[] chars = new char[utf8.remaining()]; // never more chars than bytes
        try {
            CharBuffer password = CharBuffer.wrap(chars);
            CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
            if (decoder.decode(utf8, password, true).isError()) {
                throw new IllegalArgumentException("The password is not UTF-8");
            }
            return Arrays.copyOf(chars, password.position());
        } finally {
            Arrays.fill(chars, '\0');
        }
    }
}
