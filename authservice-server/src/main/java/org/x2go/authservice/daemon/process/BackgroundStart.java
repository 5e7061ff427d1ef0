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
 * Starts this program once more, as a process that stays in the background. A JVM cannot fork itself: only the thread that
 * calls fork(2) would go on.
 */
public final class BackgroundStart {
    /** Tells the program that it is the one that stays in the background. */
    public static final String OPTION = "--background-child";

    private BackgroundStart() {}

    /**
     * Waits until the service in the background answers, or has failed; what it says of that goes to our stderr.
     *
     * @param args the arguments of this program
     * @param out takes what else it prints until then
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

    /** The command that this process was started with, with the option that makes it the one in the background. */
    static List<String> command(String... args) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/self/cmdline"));
        String[] words = new String(bytes, nativeEncoding()).split("\0", -1);
        // The kernel ends each word with a NUL, so that an empty one follows the last.
        int end = words.length - 1;
        int firstArgument = end - args.length;
        if (firstArgument < 1 || !Arrays.equals(words, firstArgument, end, args, 0, args.length)) {
            throw new IOException("cannot go to the background: the arguments are not those of the process,"
                    + " give them directly and not in a file");
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
