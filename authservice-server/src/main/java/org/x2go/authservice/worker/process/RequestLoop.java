package org.x2go.authservice.worker.process;

import java.io.IOException;
import java.util.Optional;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.posix.Descendants;
import org.x2go.authservice.posix.ProcessMemory;
import org.x2go.authservice.posix.ProcessState;
import org.x2go.authservice.posix.RunState;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.worker.channel.Reply;
import org.x2go.authservice.worker.channel.Reply.Fate;
import org.x2go.authservice.worker.channel.Request;
import org.x2go.authservice.worker.channel.WorkerEnd;

/** Answers the service's requests, one after the other, until it closes the channel. */
final class RequestLoop {
    /** How often it is looked how large the process has grown. */
    private static final int REQUESTS_BETWEEN_LOOKS = 16;

    private final WorkerEnd channel;
    private final Authenticator pam;
    private final WorkerLimits limits;

    private int answered;
    private boolean retires;

    RequestLoop(WorkerEnd channel, Authenticator pam, WorkerLimits limits) {
        this.channel = channel;
        this.pam = pam;
        this.limits = limits;
    }

    void run() throws IOException {
        ProcessState state = new ProcessState();
        channel.tell(new Reply.Ready(RunState.callingThread()));
        for (Request request = channel.next(); request != null; request = channel.next()) {
            state.restore();
            AuthResult result = ask(request);
            Optional<String> changed = state.changed();
            if (changed.isPresent()) {
                // Whatever the module has found out, it must not be found out in such a process again.
                String reason = "a PAM module changed " + changed.get() + " of its worker";
                channel.tell(new Reply.Answer(request.number(), AuthResult.error(reason), Fate.ENDS));
                return;
            }
            Descendants.collectEnded();
            Fate fate = fate();
            channel.tell(new Reply.Answer(request.number(), result, fate));
            if (fate == Fate.ENDS) {
                return;
            }
        }
    }

    private AuthResult ask(Request request) {
        try (Credentials credentials = request.credentials()) {
            return pam.authenticate(credentials, request.peer());
        } catch (Exception e) {
            System.err.println("PAM worker: " + e);
            return AuthResult.error("the worker could not ask PAM");
        }
    }

    /** A worker that should be replaced goes on until that is done; one that has grown to twice its limit does not. */
    private Fate fate() throws IOException {
        answered++;
        if (answered % REQUESTS_BETWEEN_LOOKS == 0) {
            long size = ProcessMemory.residentBytes();
            if (size > 2 * limits.residentBytes()) {
                return Fate.ENDS;
            }
            retires |= size > limits.residentBytes();
        }
        retires |= answered >= limits.requests();
        return retires ? Fate.RETIRES : Fate.STAYS;
    }
}
