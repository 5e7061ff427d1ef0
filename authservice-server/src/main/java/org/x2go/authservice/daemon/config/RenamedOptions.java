package org.x2go.authservice.daemon.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Options that had another name in an earlier release. They are accepted for one more release, with a warning.
 *
 * @param arguments the command line with today's names
 * @param warnings what to tell the admin, a line for each old name that was used
 */
record RenamedOptions(List<String> arguments, List<String> warnings) {
    private static final Map<String, String> TODAY = Map.of(
            "--worker-requests", "--worker-max-requests",
            "--max-pending-failures", "--max-attempts-per-user",
            "--stop-grace", "--shutdown-timeout");

    /** Replaces the old names in a command line. */
    static RenamedOptions in(String... arguments) {
        List<String> renamed = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            String today = TODAY.get(name);
            if (today == null) {
                renamed.add(argument);
            } else {
                renamed.add(today + argument.substring(name.length()));
                warnings.add(name + " was renamed to " + today + "; the next release removes the old name");
            }
        }
        return new RenamedOptions(renamed, warnings);
    }
}
