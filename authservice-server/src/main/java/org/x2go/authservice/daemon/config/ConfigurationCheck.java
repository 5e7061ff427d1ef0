package org.x2go.authservice.daemon.config;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.x2go.authservice.auth.PeerPolicy;
import org.x2go.authservice.pam.Finding;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.pam.ServiceInspection;
import org.x2go.authservice.posix.ErrorMessages;
import org.x2go.authservice.posix.OpenFiles;
import org.x2go.authservice.posix.UnixListener;
import org.x2go.authservice.server.NativeTransport;

/** Implements --check-config: prints the settings and their problems, without changing anything. */
final class ConfigurationCheck {
    private final Settings settings;
    private final List<String> origins;
    private final ProcessUser user;
    private final CheckReport report;
    private final FileCheck files;

    /** @param origins each setting with its value and its source, a line for each */
    ConfigurationCheck(Settings settings, List<String> origins, ProcessUser user, PrintStream out) {
        this.settings = settings;
        this.origins = origins;
        this.user = user;
        this.report = new CheckReport(out);
        this.files = new FileCheck(user, report);
    }

    /**
     * Runs the checks and prints the findings.
     *
     * @return whether there is no problem
     */
    boolean run() {
        report.print("settings:");
        origins.forEach(line -> report.print("  " + line));
        settings.findings().problems().forEach(report::problem);
        settings.findings().mistakes().forEach(report::problem);
        settings.findings().warnings().forEach(report::warn);
        report.check(NativeTransport::load);
        report.check(OpenFiles::requireEnough);
        if (settings.isolation().workerSocket().isPresent()) {
            report.print("socket: the one that systemd passes to the service");
        } else {
            new SocketCheck(settings.socket(), user, report, files).run();
        }
        peers();
        services();
        isolation();
        files.log(settings.log());
        settings.metrics().ifPresent(files::metrics);
        settings.background().ifPresent(files::background);
        report.print(report.isSound() ? "Configuration OK." : "This configuration has problems: see above.");
        return report.isSound();
    }

    private void peers() {
        PeerPolicy peers = settings.peers();
        report.print(
                peers.admitsAnyone()
                        ? "clients: every user who may write to the socket"
                        : "clients: of the users who may write to the socket, users " + peers.uids()
                                + " and members of groups " + peers.gids());
    }

    private void services() {
        try {
            ServiceInspection inspection = ServiceInspection.open(settings.pam());
            settings.services().allowed().stream().sorted().forEach(service -> service(inspection, service));
        } catch (PamUnavailableException e) {
            report.problem(ErrorMessages.text(e));
        }
    }

    private void service(ServiceInspection inspection, String service) {
        inspection.file(service).ifPresent(file -> report.print("PAM service " + service + ": " + file));
        List<Finding> findings = new ArrayList<>(inspection.files(service));
        if (inspection.file(service).isPresent()) {
            findings.addAll(inspection.modules(service));
        }
        if (!user.root() && settings.isolation().workerSocket().isEmpty()) {
            findings.addAll(inspection.withoutRoot(service));
        }
        findings.forEach(report::add);
    }

    private void isolation() {
        Isolation isolation = settings.isolation();
        if (isolation.mode() == Isolation.Mode.THREAD) {
            report.print("PAM: in threads of the service's process");
        } else if (isolation.workerSocket().isPresent()) {
            Path socket = isolation.workerSocket().get();
            report.print("PAM: in processes that systemd starts for connections to " + socket
                    + "; their own configuration limits the PAM services too");
            report.check(() -> {
                if (Files.exists(socket) && UnixListener.at(socket).isEmpty()) {
                    report.problem("no process listens on " + socket + ", so no password can be checked: start"
                            + " x2gobroker-authservice-worker.socket, and unmask it if it is masked");
                }
            });
            if (!Files.isWritable(socket)) {
                report.problem(user.name() + " cannot connect to " + socket
                        + ": start the unit with this ListenStream= (x2gobroker-authservice-worker.socket), and run"
                        + " as the user of its SocketUser=");
            }
        } else {
            report.print("PAM: in processes of its own, replaced after "
                    + isolation.limits().requests() + " requests or with "
                    + isolation.limits().megabytes() + " MB");
        }
    }
}
