package org.x2go.authservice.daemon.config;

/** Prints the bash completion of this program's options; for the build, which packs it. */
public final class CompletionScript {
    private CompletionScript() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        System.out.print(new CommandLineParser(SettingSources.none()).bashCompletion());
    }
}
