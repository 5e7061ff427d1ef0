package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.x2go.authservice.junit.AuthServerExtension;

/** The client library's two jars alone, where they may be embedded: on the class path, as modules, and as OSGi bundles. */
@Timeout(120)
class EmbeddingIT {
    private static final Path CLIENT = Path.of(System.getProperty("authservice.client.jar"));
    private static final Path CORE = Path.of(System.getProperty("authservice.core.jar"));

    @RegisterExtension
    static final AuthServerExtension auth = new AuthServerExtension().account("alice", "secret");

    @TempDir
    private Path directory;

    /** A program that logs in by the client and by JAAS, which finds the login module by ServiceLoader. */
    private static final String PROGRAM = """
            package program;

            import java.nio.file.Path;
            import java.util.Map;
            import javax.security.auth.Subject;
            import javax.security.auth.callback.*;
            import javax.security.auth.login.*;
            import org.x2go.authservice.client.AuthClient;

            public class Main {
                public static void main(String[] args) throws Exception {
                    try (var client = AuthClient.builder().socket(Path.of(args[0])).build()) {
                        System.out.println(client.authenticate("alice", "secret"));
                        System.out.println(client.authenticateAsync("alice", "wrong").get());
                    }
                    var entry = new AppConfigurationEntry(
                            "org.x2go.authservice.client.jaas.AuthServiceLoginModule",
                            AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
                            Map.of("socket", args[0]));
                    var login = new LoginContext("site", new Subject(), callbacks -> {
                        ((NameCallback) callbacks[0]).setName("alice");
                        ((PasswordCallback) callbacks[1]).setPassword("secret".toCharArray());
                    }, new Configuration() {
                        @Override
                        public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                            return new AppConfigurationEntry[] {entry};
                        }
                    });
                    login.login();
                    System.out.println(login.getSubject().getPrincipals().iterator().next().getName());
                }
            }
            """;

    private static final String MODULE = "module program { requires org.x2go.authservice.client; }";

    private static final List<String> LINES = List.of("true", "false", "alice");

    private Path compiled() throws IOException {
        Path sources = Files.createDirectories(directory.resolve("sources"));
        Path main = Files.writeString(sources.resolve("Main.java"), PROGRAM);
        Path module = Files.writeString(sources.resolve("module-info.java"), MODULE);
        Path classes = directory.resolve("classes");
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-Xlint:all",
                        "-Werror",
                        "--module-path",
                        jars(),
                        "-d",
                        classes.toString(),
                        main.toString(),
                        module.toString());
        assertThat(status).isZero();
        return classes;
    }

    private static String jars() {
        return CORE + File.pathSeparator + CLIENT;
    }

    private List<String> run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments));
        command.add(auth.socket().toString());
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readAllLines(out);
    }

    @Test
    void worksOnAMinimalModulePath() throws IOException, InterruptedException {
        String modules = compiled() + File.pathSeparator + jars();

        assertThat(run(
                        "--limit-modules",
                        "java.base,program,org.x2go.authservice.client",
                        "--module-path",
                        modules,
                        "--module",
                        "program/program.Main"))
                .isEqualTo(LINES);
    }

    @Test
    void worksOnTheClassPath() throws IOException, InterruptedException {
        String classes = compiled() + File.pathSeparator + jars();

        assertThat(run("--limit-modules", "java.base,jdk.net", "-cp", classes, "program.Main"))
                .isEqualTo(LINES);
    }

    @Test
    void missingJdkNetModuleSendsNothing() throws IOException, InterruptedException {
        String classes = compiled() + File.pathSeparator + jars();

        assertThat(run("--limit-modules", "java.base", "-cp", classes, "program.Main"))
                .first()
                .asString()
                .contains("Cannot find out who serves " + auth.socket() + ", so nothing was sent");
        assertThat(auth.requests()).isEmpty();
    }

    @Test
    void worksInAnOsgiFramework() throws Exception {
        FrameworkFactory factory =
                ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow();
        Framework framework = factory.newFramework(Map.of(
                "org.osgi.framework.storage", directory.resolve("bundles").toString()));
        framework.start();
        try {
            Bundle client = install(framework, CLIENT);
            Bundle core = install(framework, CORE);
            core.start();
            client.start();

            assertThat(client.getSymbolicName()).isEqualTo("org.x2go.authservice.client");
            assertThat(client.getVersion()).isEqualTo(core.getVersion()).isNotEqualTo(Version.emptyVersion);
            assertThat(logIn(client.loadClass("org.x2go.authservice.client.AuthClient")))
                    .isEqualTo(true);
            assertThat(client.loadClass("org.x2go.authservice.client.jaas.AuthServiceLoginModule")
                            .getDeclaredConstructor()
                            .newInstance())
                    .isInstanceOf(javax.security.auth.spi.LoginModule.class);
        } finally {
            framework.stop();
            framework.waitForStop(0);
        }
    }

    private static Bundle install(Framework framework, Path jar) throws BundleException {
        return framework.getBundleContext().installBundle(jar.toUri().toString());
    }

    /** Logs in by the client class that the bundle has loaded, which is not the one that this test was compiled against. */
    private static Object logIn(Class<?> clientClass) throws Exception {
        assertThat(clientClass).isNotEqualTo(AuthClient.class);
        Object builder = clientClass.getMethod("builder").invoke(null);
        builder.getClass().getMethod("socket", Path.class).invoke(builder, auth.socket());
        try (AutoCloseable client =
                (AutoCloseable) builder.getClass().getMethod("build").invoke(builder)) {
            return clientClass
                    .getMethod("authenticate", String.class, char[].class)
                    .invoke(client, "alice", "secret".toCharArray());
        }
    }
}
