package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The module in probe.c, compiled where there is a compiler. */
public final class ProbeModule {
    private ProbeModule() {}

    /** Compiles it into a directory and says where it is. */
    public static Path compileIn(Path directory) throws IOException, InterruptedException {
        Path compiler = Needs.program("gcc");
        Path source = directory.resolve("probe.c");
        Path module = directory.resolve("probe.so");
        try (InputStream text = ProbeModule.class.getResourceAsStream("probe.c")) {
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
