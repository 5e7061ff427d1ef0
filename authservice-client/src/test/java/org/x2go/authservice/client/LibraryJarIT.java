package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What programs get when they use the library. */
class LibraryJarIT {
    private static final Path JAR = Path.of(System.getProperty("authservice.client.jar"));

    @Test
    void moduleNeedsOnlyTheJdkAndTheProtocol() {
        ModuleDescriptor module = ModuleFinder.of(JAR)
                .find("org.x2go.authservice.client")
                .orElseThrow()
                .descriptor();

        assertThat(module.isOpen()).isFalse();
        assertThat(module.isAutomatic()).isFalse();
        assertThat(module.packages())
                .containsExactlyInAnyOrder(
                        "org.x2go.authservice.client",
                        "org.x2go.authservice.client.jaas",
                        "org.x2go.authservice.client.transport");
        assertThat(module.exports().stream().map(ModuleDescriptor.Exports::toString))
                .containsExactlyInAnyOrder("org.x2go.authservice.client", "org.x2go.authservice.client.jaas");
        Set<String> needed = module.requires().stream()
                .filter(required -> !required.modifiers().contains(Requires.Modifier.STATIC))
                .map(Requires::name)
                .collect(Collectors.toSet());
        assertThat(needed).containsExactlyInAnyOrder("java.base", "jdk.net", "org.x2go.authservice.core");
    }

    @ParameterizedTest
    @CsvSource({
        "authservice-core/target/authservice-core.jar, org.x2go.authservice.core",
        "authservice-server/target/authservice-server-lib.jar, org.x2go.authservice.server",
        "authservice-junit/target/authservice-junit.jar, org.x2go.authservice.junit",
        "authservice-server/target/authservice-server.jar, org.x2go.authservice.daemon",
        "authservice-client/target/authservice-client.jar, org.x2go.authservice.client",
        "authservice-client/target/authservice-client-cli.jar, org.x2go.authservice.client.cli"
    })
    void everyJarHasAModuleName(String jar, String name) {
        assertThat(ModuleFinder.of(Path.of("..", jar)).find(name)).isPresent();
    }

    @Test
    void jarHoldsOnlyTheLibrary() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream().filter(entry -> !entry.isDirectory()).map(JarEntry::getName))
                    .allMatch(name -> name.startsWith("META-INF/")
                            || name.equals("module-info.class")
                            || name.matches("org/x2go/authservice/client/((jaas|transport)/)?[^/]+\\.class"))
                    .contains("org/x2go/authservice/client/AuthClient.class");
            assertThat(jar.getManifest().getMainAttributes().getValue("Implementation-Version"))
                    .isNotBlank();
        }
    }
}
