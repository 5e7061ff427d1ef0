package org.x2go.authservice.daemon.config;

import picocli.AutoComplete;
import picocli.CommandLine;

/** Prints the bash completion of this program's options, for the build. */
public final class CompletionScript {
    private CompletionScript() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        System.out.print(AutoComplete.bash(Options.PROGRAM, new CommandLine(new Options())));
    }
}
