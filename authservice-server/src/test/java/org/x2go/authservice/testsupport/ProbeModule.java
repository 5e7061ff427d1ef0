package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The modules in probe.c, havoc.c, stuck.c and forked.c, compiled where there is a compiler. */
public final class ProbeModule {
    private ProbeModule() {}

    /** Compiles the one that asks and tells into a directory, and says where it is. */
    public static Path compileIn(Path directory) throws IOException, InterruptedException {
        return compile("probe", directory);
    }

    /** Compiles the one that does what modules must not do into a directory, and says where it is. */
    public static Path compileHavocIn(Path directory) throws IOException, InterruptedException {
        return compile("havoc", directory);
    }

    /** Compiles the one that hangs when it is loaded into a directory, and says where it is. */
    public static Path compileStuckIn(Path directory) throws IOException, InterruptedException {
        return compile("stuck", directory);
    }

    /** Compiles the one that forks when it is loaded into a directory, and says where it is. */
    public static Path compileForkedIn(Path directory) throws IOException, InterruptedException {
        return compile("forked", directory);
    }

    private static Path compile(String name, Path directory) throws IOException, InterruptedException {
        Path compiler = Requirements.program("gcc");
        Path source = directory.resolve(name + ".c");
        Path module = directory.resolve(name + ".so");
        try (InputStream text = ProbeModule.class.getResourceAsStream(name + ".c")) {
            Files.copy(text, source);
        }
        Process process = new ProcessBuilder(
                        compiler.toString(),
                        "-shared",
                        "-fPIC",
                        "-pthread",
                        "-o",
                        module.toString(),
                        source.toString(),
                        "-l:libpam.so.0")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("The compiler says: " + output);
        }
        return module;
    }
}
