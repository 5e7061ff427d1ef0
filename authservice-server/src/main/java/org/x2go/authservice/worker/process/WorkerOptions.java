package org.x2go.authservice.worker.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.pam.DeniedModules;
import org.x2go.authservice.pam.PamConfiguration;

/**
 * A worker's command line. If the service runs as another user, it has no influence on these options, so that the
 * worker itself decides which PAM services are allowed.
 *
 * @param pam the allowed services, the directory of their files (absolute, since a worker changes its directory), and
 *     the denied modules
 * @param limits when the worker is replaced
 * @param debug whether debug messages are sent
 */
public record WorkerOptions(PamConfiguration pam, WorkerLimits limits, boolean debug) {
    /**
     * Reads a command line.
     *
     * @param denied the denied modules if the command line names none
     * @throws IllegalArgumentException if an argument is wrong; the message is for an administrator
     */
    static WorkerOptions parse(DeniedModules denied, String... args) {
        List<String> services = new ArrayList<>();
        Optional<Path> confdir = Optional.empty();
        DeniedModules modules = denied;
        int requests = WorkerLimits.DEFAULT_REQUESTS;
        int megabytes = WorkerLimits.DEFAULT_MEGABYTES;
        boolean debug = false;
        for (Iterator<String> rest = separated(args).iterator(); rest.hasNext(); ) {
            String option = rest.next();
            switch (option) {
                case "--allow-service" -> services.add(value(option, rest));
                case "--pam-confdir" ->
                    confdir = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
                case "--denied-modules" -> modules = DeniedModules.parse(value(option, rest));
                case "--worker-max-requests", "--worker-requests" -> requests = number(option, rest);
                case "--worker-max-rss" -> megabytes = number(option, rest);
                case "--debug" -> debug = true;
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        if (services.isEmpty()) {
            services.add(ServicePolicy.DEFAULT_SERVICE);
        }
        return new WorkerOptions(
                new PamConfiguration(ServicePolicy.allowing(services), confdir, modules),
                new WorkerLimits(requests, megabytes),
                debug);
    }

    /** The command line for these options. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        pam.services().allowed().stream()
                .sorted()
                .forEach(service -> arguments.addAll(List.of("--allow-service", service)));
        pam.confdir().ifPresent(directory -> arguments.addAll(List.of("--pam-confdir", directory.toString())));
        arguments.addAll(
                List.of("--denied-modules", String.join(" ", pam.denied().names())));
        arguments.addAll(List.of("--worker-max-requests", Integer.toString(limits.requests())));
        arguments.addAll(List.of("--worker-max-rss", Integer.toString(limits.megabytes())));
        if (debug) {
            arguments.add("--debug");
        }
        return arguments;
    }

    /** Splits arguments of the form OPTION=VALUE. */
    private static List<String> separated(String... args) {
        List<String> separated = new ArrayList<>();
        for (String arg : args) {
            int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
            if (equals < 0) {
                separated.add(arg);
            } else {
                separated.add(arg.substring(0, equals));
                separated.add(arg.substring(equals + 1));
            }
        }
        return separated;
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException("the value of " + option + " is missing");
        }
        return rest.next();
    }

    private static int number(String option, Iterator<String> rest) {
        String text = value(option, rest);
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the value of " + option + " is not a number: " + text, e);
        }
    }
}
