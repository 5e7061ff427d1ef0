package org.x2go.authservice.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;
import org.x2go.authservice.testsupport.SystemAccount;
import org.x2go.authservice.testsupport.SystemPamServices;

/** Debian's Python server and ours, side by side, with the same PAM services and the same account of this machine. */
final class BothServers implements AutoCloseable {
    /** The account's password. */
    static final String PASSWORD = "correct-horse";

    private final SystemPamServices services;
    private final SystemAccount account;
    private final PythonServer python;
    private final ServerProcess ours;

    private BothServers(SystemPamServices services, SystemAccount account, PythonServer python, ServerProcess ours) {
        this.services = services;
        this.account = account;
        this.python = python;
        this.ours = ours;
    }

    static BothServers start(Path directory) throws Exception {
        SystemPamServices services = SystemPamServices.open();
        SystemAccount account = SystemAccount.create();
        try {
            account.password(PASSWORD);
            List<String> allowed = addServices(services, directory);
            PythonServer python = PythonServer.start(directory.resolve("python"));
            try {
                return new BothServers(services, account, python, startOurs(directory, allowed));
            } catch (Exception | AssertionError e) {
                python.close();
                throw e;
            }
        } catch (Exception | AssertionError e) {
            services.close();
            account.remove();
            throw e;
        }
    }

    private static ServerProcess startOurs(Path directory, List<String> allowed) throws Exception {
        return ServerProcess.in(directory.resolve("ours"))
                .socket(Files.createDirectories(directory.resolve("ours/run")).resolve("socket"))
                .allow(allowed)
                .start();
    }

    private static List<String> addServices(SystemPamServices services, Path directory) throws Exception {
        Path matrix = directory.resolve("accounts");
        String service = services.name("matrix");
        Files.write(
                matrix,
                List.of(
                        "alice:secret:" + service,
                        "jürgen:größe€😀:" + service,
                        "long:" + "l".repeat(700) + ":" + service,
                        "none::" + service));
        String permit = " " + Requirements.pamModule("pam_permit.so");
        String debug = " " + Requirements.pamModule("pam_debug.so");
        String unix = " " + Requirements.pamModule("pam_unix.so");
        return List.of(
                "x2gobroker",
                services.name("missing"),
                services.add("matrix", MatrixService.lines(matrix).toArray(String[]::new)),
                services.add("permit", "auth required" + permit, "account required" + permit),
                services.add("unix", "auth required" + unix + " nullok", "account required" + unix),
                services.add("no-account-line", "auth required" + unix),
                services.add("denied", "auth required" + debug + " auth=perm_denied", "account required" + permit),
                services.add("expired", "auth required" + permit, "account required" + debug + " acct=acct_expired"),
                services.add("outage", "auth required" + debug + " auth=authinfo_unavail", "account required" + permit),
                services.add("cred", "auth required" + debug + " cred=cred_err", "account required" + permit),
                services.add("no-module", "auth required /no/such/module.so", "account required" + permit));
    }

    /** The PAM service of this short name. */
    String service(String shortName) {
        return services.name(shortName);
    }

    SystemAccount account() {
        return account;
    }

    Path python() {
        return python.socket();
    }

    Path ours() {
        return ours.socket();
    }

    @Override
    public void close() throws Exception {
        python.close();
        ours.close();
        services.close();
        account.remove();
    }
}
