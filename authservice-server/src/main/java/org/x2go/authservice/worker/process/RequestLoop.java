package org.x2go.authservice.worker.process;

import java.io.IOException;
import java.util.Optional;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.posix.Descendants;
import org.x2go.authservice.posix.OpenFiles;
import org.x2go.authservice.posix.ProcessMemory;
import org.x2go.authservice.posix.ProcessState;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.Reply.Disposition;
import org.x2go.authservice.worker.wire.Request;
import org.x2go.authservice.worker.wire.RequestChannel;

/** Answers the service's requests, one at a time, until the service closes the channel. */
final class RequestLoop {
    /** select(2) fails beyond 1024, and a module may need some descriptors for itself. */
    private static final int MAX_DESCRIPTORS = 500;

    private final RequestChannel channel;
    private final Authenticator pam;
    private final WorkerLimits limits;

    private int answered;

    RequestLoop(RequestChannel channel, Authenticator pam, WorkerLimits limits) {
        this.channel = channel;
        this.pam = pam;
        this.limits = limits;
    }

    void run() throws IOException {
        ProcessState state = new ProcessState();
        channel.tell(new Reply.Ready(limits.requests()));
        for (Request request = channel.next(); request != null; request = channel.next()) {
            state.restore();
            AuthResult result = ask(request);
            Optional<String> changed = state.changed();
            if (changed.isPresent()) {
                // The verdict of a changed process is not trusted.
                String reason = "a PAM module changed " + changed.get() + " of its worker";
                channel.tell(new Reply.Answer(request.number(), AuthResult.error(reason), Disposition.EXIT));
                return;
            }
            Descendants.collectEnded();
            channel.tell(new Reply.Answer(request.number(), result, disposition()));
        }
    }

    private AuthResult ask(Request request) {
        try (Credentials credentials = request.credentials()) {
            return pam.authenticate(credentials, request.peer());
        } catch (Exception e) {
            System.err.println("PAM worker: " + e);
            return AuthResult.error("the worker could not call PAM");
        }
    }

    /** Checked after each request, since a module may use up the rest in the next one. */
    private Disposition disposition() throws IOException {
        answered++;
        boolean spent = answered >= limits.requests()
                || OpenFiles.lowestFree() > MAX_DESCRIPTORS
                // The peak costs nothing to ask for, and nearly always makes the costly check unnecessary.
                || (ProcessMemory.peakBytes() > limits.residentBytes()
                        && ProcessMemory.residentBytes() > limits.residentBytes());
        return spent ? Disposition.RECYCLE : Disposition.REUSE;
    }
}
