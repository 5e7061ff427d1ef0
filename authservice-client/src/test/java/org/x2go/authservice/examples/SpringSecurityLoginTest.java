package org.x2go.authservice.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.filter.DelegatingFilterProxy;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.junit.AuthServerExtension;

/** The README's configuration of Spring Security, in a web server that is asked over HTTP. */
@Timeout(60)
class SpringSecurityLoginTest {
    private static final Logger LOG = Logger.getLogger(LoginFailures.class.getName());
    private static final Logger SERVERS = Logger.getLogger("org.apache");
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]* value=\"([^\"]+)\"");

    @RegisterExtension
    static final AuthServerExtension auth = new AuthServerExtension().account("alice", "secret");

    @TempDir
    private Path directory;

    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final ConcurrentLinkedQueue<String> logged = new ConcurrentLinkedQueue<>();
    private final Handler recorder = new Handler() {
        @Override
        public void publish(LogRecord line) {
            logged.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private AuthClient client;
    private AnnotationConfigWebApplicationContext application;
    private Tomcat tomcat;

    @BeforeEach
    void start() throws LifecycleException {
        LOG.setUseParentHandlers(false);
        LOG.addHandler(recorder);
        SERVERS.setLevel(Level.SEVERE);
        client = AuthClient.builder().socket(auth.socket()).build();
        tomcat = new Tomcat();
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        application = new AnnotationConfigWebApplicationContext();
        application.setServletContext(context.getServletContext());
        application.addBeanFactoryPostProcessor(beans -> beans.registerSingleton("client", client));
        application.register(LoginConfiguration.class);
        application.refresh();
        FilterDef filter = new FilterDef();
        filter.setFilterName("logins");
        filter.setFilter(new DelegatingFilterProxy("springSecurityFilterChain", application));
        context.addFilterDef(filter);
        FilterMap all = new FilterMap();
        all.setFilterName("logins");
        all.addURLPattern("/*");
        context.addFilterMap(all);
        Tomcat.addServlet(context, "whoami", new WhoAmI()).addMapping("/*");
        tomcat.getConnector();
        tomcat.start();
    }

    @AfterEach
    void stop() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        application.close();
        client.close();
        LOG.removeHandler(recorder);
    }

    /** Tells whoever has logged in its name. */
    private static final class WhoAmI extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(request.getRemoteUser());
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://localhost:" + tomcat.getConnector().getLocalPort() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> byBasic(String user, String password) throws IOException, InterruptedException {
        String credentials = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
        return send(request("/").header("Authorization", "Basic " + credentials));
    }

    private HttpResponse<String> byForm(String user, String password) throws IOException, InterruptedException {
        Matcher token = TOKEN.matcher(send(request("/login")).body());
        assertThat(token.find()).isTrue();
        String form =
                "username=" + user + "&password=" + password + "&_csrf=" + URLEncoder.encode(token.group(1), UTF_8);
        return send(request("/login")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    @Test
    void rightPasswordLogsInByFormAndByBasic() throws Exception {
        assertThat(byBasic("alice", "secret").body()).isEqualTo("alice");
        assertThat(byForm("alice", "secret").statusCode()).isEqualTo(302);
        assertThat(send(request("/")).body()).isEqualTo("alice");
    }

    @Test
    void wrongPasswordByBasicIs401WithChallenge() throws Exception {
        HttpResponse<String> reply = byBasic("alice", "wrong");

        assertThat(reply.statusCode()).isEqualTo(401);
        assertThat(reply.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Basic realm=\"site\""));
        assertThat(logged).isEmpty();
    }

    @Test
    void wrongPasswordByFormIs401() throws Exception {
        assertThat(byForm("alice", "wrong").statusCode()).isEqualTo(401);
        assertThat(logged).isEmpty();
    }

    @Test
    void outageByBasicIs503AndLogged() throws Exception {
        auth.outage();

        assertThat(byBasic("alice", "secret").statusCode()).isEqualTo(503);
        assertThat(logged).singleElement().asString().startsWith("Nobody can log in: ");
    }

    @Test
    void outageByFormIs503AndLogged() throws Exception {
        auth.stop();

        assertThat(byForm("alice", "secret").statusCode()).isEqualTo(503);
        assertThat(logged).singleElement().asString().contains(auth.socket().toString());
    }
}
