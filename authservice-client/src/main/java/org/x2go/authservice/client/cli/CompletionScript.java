package org.x2go.authservice.client.cli;

import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import picocli.AutoComplete;

/** Prints the bash completion of this command; the build packs it. */
public final class CompletionScript {
    private CompletionScript() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        System.out.print(AutoComplete.bash(
                "authservice",
                Main.commandLine(question -> null, Channels.newChannel(new ByteArrayInputStream(new byte[0])))));
    }
}
