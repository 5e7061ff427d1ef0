package org.x2go.authservice.daemon;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.server.Limit;

/** What was given on the command line, as it was given; null or empty where nothing was. */
record Options(
        @Nullable String socketFile,
        @Nullable String owner,
        @Nullable String group,
        @Nullable String permissions,
        List<String> allowServices,
        @Nullable String pamConfdir,
        @Nullable String isolation,
        @Nullable String workerSocket,
        @Nullable Integer workerRequests,
        @Nullable Integer workerMaxRss,
        List<String> allowUids,
        List<String> allowGids,
        Map<Limit, Integer> limits,
        boolean debug,
        boolean debugInteractively,
        @Nullable String authLog,
        boolean daemonize,
        @Nullable String pidFile,
        @Nullable String logDir,
        @Nullable String metricsFile,
        @Nullable Integer metricsInterval,
        boolean checkConfig,
        boolean version,
        boolean help,
        boolean backgroundChild) {}
