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

/** What programs get when they use the library. */
class LibraryJarIT {
    private static final Path JAR = Path.of(System.getProperty("authservice.client.jar"));

    @Test
    void theModuleNeedsOnlyTheJdkAndTheProtocol() {
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

    @Test
    void theJarHoldsOnlyTheLibrary() throws IOException {
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
