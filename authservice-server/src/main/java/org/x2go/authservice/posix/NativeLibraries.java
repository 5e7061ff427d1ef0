package org.x2go.authservice.posix;

import com.sun.jna.Native;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries of JNA and Netty. Unless they are installed with the program, each JVM unpacks them from the
 * jar to a directory that must be writable and not mounted noexec. The messages of this class say what to do if that
 * fails.
 */
public final class NativeLibraries {
    /** The processors (os.arch) that the jar has libraries for. */
    private static final Set<String> PROCESSORS = Set.of("amd64", "aarch64");

    private static final String JNA_DIRECTORY = "-Djna.tmpdir";
    private static final String JNA_INSTALLED = "jna.boot.library.path";

    /** What JNA says where neither the directory of {@link #JNA_INSTALLED} nor its jar has a library that can be loaded. */
    private static final Pattern JNA_MISSING =
            Pattern.compile("not found in resource path|Could not find JNA native support");

    private NativeLibraries() {}

    /**
     * Loads JNA's library, by which this package calls the C library.
     *
     * @throws IOException if it cannot be loaded; the message says what to do
     */
    public static void loadJna() throws IOException {
        if (!isJnaInstalled()) {
            // Checked before JNA fails, since it prints warnings of its own.
            requireWritable("JNA", jnaDirectory(), JNA_DIRECTORY);
        }
        try {
            int unused = Native.POINTER_SIZE;
        } catch (LinkageError e) {
            if (isJnaInstalled()) {
                throw failure("JNA", Path.of(System.getProperty(JNA_INSTALLED, "/")), "-D" + JNA_INSTALLED, e);
            }
            removeUnpacked(jnaDirectory(), e);
            throw failure("JNA", jnaDirectory(), JNA_DIRECTORY, e);
        }
    }

    private static boolean isJnaInstalled() {
        return Boolean.getBoolean("jna.nounpack");
    }

    /** Where JNA unpacks its library, by the rules of its {@code Native.getTempDir}. */
    private static Path jnaDirectory() {
        String given = System.getProperty("jna.tmpdir");
        if (given != null) {
            return Path.of(given);
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path home =
                cache == null || cache.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        Path directory = home.resolve("JNA/temp");
        Path existing = directory;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing != null && Files.isDirectory(existing) && Files.isWritable(existing)
                ? directory
                : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /**
     * JNA leaves a library that it could not load for its next start to remove. The error's message begins with its
     * path.
     */
    private static void removeUnpacked(Path directory, LinkageError failure) {
        String message = String.valueOf(failure.getMessage());
        Path file = Path.of(message.substring(0, Math.max(0, message.indexOf(": "))));
        if (directory.equals(file.getParent()) && file.getFileName().toString().matches("jna[0-9]+\\.tmp")) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * Checks whether a library can be unpacked to a directory.
     *
     * @param library the name for messages: JNA or Netty
     * @param option the option of the JVM that names another directory
     */
    public static void requireWritable(String library, Path directory, String option) throws IOException {
        Path existing = directory;
        while (existing != null && option.equals(JNA_DIRECTORY) && !Files.exists(existing)) {
            // JNA makes the directory.
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing)) {
            throw refused(library, directory, option, "it does not exist", null);
        }
        if (!Files.isWritable(existing)) {
            throw refused(library, directory, option, "it cannot be written to", null);
        }
    }

    /** An exception that tells an administrator why a library could not be loaded. */
    public static IOException failure(String library, Path directory, String option, LinkageError cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause().getMessage() != null) {
            root = root.getCause();
        }
        String reason = String.valueOf(root.getMessage());
        String processor = System.getProperty("os.arch");
        boolean supported = PROCESSORS.contains(processor);
        if (!supported
                || root instanceof FileNotFoundException
                || JNA_MISSING.matcher(reason).find()) {
            return new IOException(
                    "there is no native library of " + library + " for the processor " + processor
                            + ": this program runs on "
                            + String.join(" and ", PROCESSORS.stream().sorted().toList())
                            + (supported ? ", and must be installed again here" : ""),
                    cause);
        }
        return refused(
                library,
                directory,
                option,
                reason.substring(reason.lastIndexOf(": ") + 1).strip() + "; is it mounted noexec?",
                cause);
    }

    private static IOException refused(
            String library, Path directory, String option, String why, @Nullable Throwable cause) {
        return new IOException(
                "cannot load the native library of " + library + " from " + directory + ": "
                        + why.lines().findFirst().orElse("") + " (choose another directory with " + option + "=DIR)",
                cause);
    }
}
