package org.x2go.authservice.client.jaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.realm.JAASRealm;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;

/** The shipped example for Tomcat, in an embedded Tomcat; only the socket's path is changed. */
@Timeout(120)
class TomcatTest {
    private static final Path EXAMPLE = Path.of("../dist/examples/tomcat");
    private static final String INSTALLED_SOCKET = "/run/x2gobroker/x2gobroker-authservice.socket";
    private static final Logger TOMCAT_LOG = Logger.getLogger("org.apache");
    private static final Logger REALM_LOG = Logger.getLogger(JAASRealm.class.getName());

    @TempDir
    private Path directory;

    private final ConcurrentLinkedQueue<LogRecord> logged = new ConcurrentLinkedQueue<>();
    private final Handler recorder = new Handler() {
        @Override
        public void publish(LogRecord line) {
            logged.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private AuthServer service;
    private Tomcat tomcat;

    @BeforeEach
    void start() throws IOException, LifecycleException {
        TOMCAT_LOG.setLevel(Level.SEVERE);
        REALM_LOG.setLevel(Level.WARNING);
        REALM_LOG.setUseParentHandlers(false);
        REALM_LOG.addHandler(recorder);
        service = AuthServer.start(
                AuthServerConfig.builder(directory.resolve("s")).build(), (credentials, peer) -> {
                    String password = UTF_8.decode(credentials.password()).toString();
                    return password.equals("secret") ? AuthResult.ok() : AuthResult.fail("wrong");
                });
        Path application = application();
        tomcat = new Tomcat();
        tomcat.setBaseDir(directory.resolve("tomcat").toString());
        tomcat.setPort(0);
        tomcat.setAddDefaultWebXmlToWebapp(false);
        Context context = tomcat.addWebapp("", application.toString());
        context.setContainerSciFilter("springframework"); // which looks through all jars
        context.setConfigFile(
                application.resolve("META-INF/context.xml").toUri().toURL());
        Tomcat.addServlet(context, "whoami", new WhoAmI()).addMapping("/*");
        tomcat.getConnector();
        tomcat.start();
    }

    private Path application() throws IOException {
        Path application = directory.resolve("application");
        Path classes = Files.createDirectories(application.resolve("WEB-INF/classes"));
        Files.createDirectories(application.resolve("META-INF"));
        Files.copy(EXAMPLE.resolve("context.xml"), application.resolve("META-INF/context.xml"));
        Files.copy(EXAMPLE.resolve("web.xml"), application.resolve("WEB-INF/web.xml"));
        String example = Files.readString(EXAMPLE.resolve("jaas.config"));
        assertThat(example).contains(INSTALLED_SOCKET);
        Files.writeString(
                classes.resolve("jaas.config"),
                example.replace(INSTALLED_SOCKET, service.socketPath().toString()));
        return application;
    }

    @AfterEach
    void stop() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        service.close();
        REALM_LOG.removeHandler(recorder);
    }

    /** Replies with the name of the user who is logged in. */
    private static final class WhoAmI extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(request.getUserPrincipal().getName());
        }
    }

    private HttpResponse<String> get(String user, String password) throws IOException, InterruptedException {
        String credentials = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + tomcat.getConnector().getLocalPort() + "/"))
                .header("Authorization", "Basic " + credentials)
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void rightPasswordLogsIn() throws IOException, InterruptedException {
        HttpResponse<String> answer = get("alice", "secret");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("alice");
    }

    @Test
    void wrongPasswordIsUnauthorizedWithoutALog() throws IOException, InterruptedException {
        assertThat(get("alice", "wrong").statusCode()).isEqualTo(401);
        assertThat(logged).isEmpty();
    }

    @Test
    void outageIsUnauthorizedAndLogged() throws IOException, InterruptedException {
        service.close();

        assertThat(get("alice", "secret").statusCode()).isEqualTo(401);
        assertThat(logged)
                .singleElement()
                .satisfies(line -> assertThat(line.getThrown())
                        .hasMessageContaining(service.socketPath().toString()));
    }
}
