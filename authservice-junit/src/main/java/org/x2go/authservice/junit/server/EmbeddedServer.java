package org.x2go.authservice.junit.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.junit.Reply;
import org.x2go.authservice.junit.isolation.Answers;
import org.x2go.authservice.junit.isolation.IsolatedServer;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;

/** Starts the real server for a test. */
public final class EmbeddedServer implements IsolatedServer {
    /** Called by the class loader. */
    public EmbeddedServer() {}

    @Override
    public Running start(Path socket, Set<String> services, Answers answers) throws IOException {
        AuthServerConfig config = AuthServerConfig.builder(socket)
                .services(ServicePolicy.allowing(services))
                .limit(Limit.SHUTDOWN_TIMEOUT, Duration.ZERO)
                .build();
        Thread thread = Thread.currentThread();
        ClassLoader context = thread.getContextClassLoader();
        // By this one libraries look for further parts of theirs, which the tests may have in other versions.
        thread.setContextClassLoader(EmbeddedServer.class.getClassLoader());
        try {
            AuthServer server = AuthServer.start(
                    config,
                    (credentials, peer) ->
                            result(answers.answer(credentials.user(), credentials.password(), credentials.service())));
            return server::close;
        } finally {
            thread.setContextClassLoader(context);
        }
    }

    private static AuthResult result(Reply reply) {
        AuthResult result = switch (reply.verdict()) {
            case OK -> AuthResult.ok();
            case FAIL -> AuthResult.fail("refused by the test");
            case ERROR -> AuthResult.error("the test has an outage");
        };
        return result.delayedBy(reply.delay());
    }

    @Override
    public void requireServiceName(String name) {
        ServicePolicy.allowing(List.of(name));
    }
}
