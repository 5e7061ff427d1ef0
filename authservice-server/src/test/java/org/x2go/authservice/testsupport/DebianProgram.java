package org.x2go.authservice.testsupport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs Debian's Python programs by Debian's Python, which need not be the first one on the PATH. */
public final class DebianProgram {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    /** Arguments are hexadecimal digits, since Java passes characters outside ASCII only if the locale's encoding has them. */
    private static final String LAUNCHER = "import os, sys; "
            + "os.execv(sys.executable, [sys.executable] + bytes.fromhex(sys.argv[1]).decode().split('\\0'))";

    private final Path directory;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> prefix = new ArrayList<>();

    private DebianProgram(Path directory) {
        this.directory = directory;
        environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("LC_ALL", "C.UTF-8");
        // A configuration that is not there makes the broker's programs log to stderr, and leave /var/log alone.
        environment.put(
                "X2GOBROKER_LOGCONFIG",
                directory.resolve("no-log-configuration").toString());
    }

    /** Programs whose output goes to the files "out" and "err" in this directory. */
    public static DebianProgram in(Path directory) throws IOException {
        Requirements.require(Files.isExecutable(PYTHON), PYTHON.toString());
        return new DebianProgram(Files.createDirectories(directory));
    }

    /** Where one of Debian's packages has put a file; without it the test does not go on. */
    public static String file(String path, String packageName) {
        Requirements.require(Files.exists(Path.of(path)), path + ", from Debian's package " + packageName);
        return path;
    }

    public DebianProgram with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Runs programs as this user. */
    public DebianProgram as(String user) {
        Requirements.root();
        prefix.addAll(List.of(
                Requirements.program("setpriv").toString(), "--reuid", user, "--regid", user, "--init-groups", "--"));
        return this;
    }

    /** Starts Python with these arguments, the first of which is a program's path or "-c". */
    public Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        String digits = HexFormat.of().formatHex(String.join("\0", args).getBytes(UTF_8));
        command.addAll(List.of(PYTHON.toString(), "-c", LAUNCHER, digits));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs Python to its end. */
    public Program.Result run(String... args) throws IOException, InterruptedException {
        int status = Program.end(start(args));
        return new Program.Result(status, output(), errors());
    }

    /** What the program last started has written to stdout so far. */
    public String output() throws IOException {
        return Files.readString(directory.resolve("out"));
    }

    /** What the program last started has written to stderr so far. */
    public String errors() throws IOException {
        return Files.readString(directory.resolve("err"));
    }
}
