package org.x2go.authservice.daemon.process;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Starts this program again as a process in the background. A JVM cannot fork itself: only the thread that calls
 * fork(2) would continue.
 */
public final class BackgroundStart {
    /** The option that marks the process in the background. */
    public static final String OPTION = "--background-child";

    private BackgroundStart() {}

    /**
     * Starts the process, and waits until its service answers or has failed, with its messages on our stderr.
     *
     * @param args the arguments of this program
     * @param out receives its output until then
     * @return the exit status for this process
     */
    public static int run(String[] args, PrintStream out) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(command(args))
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), nativeEncoding()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(BackgroundProcess.READY)) {
                    return ExitStatus.OK;
                }
                out.println(line);
            }
        }
        int status = child.waitFor();
        return status == ExitStatus.OK ? ExitStatus.FAILED : status;
    }

    /** The command line of this process, with the option for the process in the background. */
    static List<String> command(String... args) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/self/cmdline"));
        String[] words = new String(bytes, nativeEncoding()).split("\0", -1);
        // The kernel ends each word with a NUL, so that an empty one follows the last.
        int end = words.length - 1;
        int firstArgument = end - args.length;
        if (firstArgument < 1 || !Arrays.equals(words, firstArgument, end, args, 0, args.length)) {
            throw new IOException("cannot go to the background: give the arguments directly, not in a file (@FILE)");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of("/proc/self/exe").toRealPath().toString());
        command.addAll(Arrays.asList(words).subList(1, firstArgument));
        command.add(OPTION);
        command.addAll(Arrays.asList(args));
        return command;
    }

    private static Charset nativeEncoding() {
        return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    }
}
