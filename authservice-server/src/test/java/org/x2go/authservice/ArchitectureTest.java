package org.x2go.authservice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The dependencies between packages that ARCHITECTURE.md allows. */
@AnalyzeClasses(packages = "org.x2go.authservice", importOptions = ArchitectureTest.MainClasses.class)
class ArchitectureTest {
    /** ArchUnit's own option of this kind takes test classes in another directory than target/test-classes for main ones. */
    static final class MainClasses implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    @ArchTest
    static final ArchRule dependenciesPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("protocol")
            .definedBy("..protocol..")
            .layer("auth")
            .definedBy("..auth..")
            .layer("posix")
            .definedBy("..posix..")
            .layer("pam")
            .definedBy("..pam..")
            .layer("server")
            .definedBy("..authservice.server..")
            .layer("worker.wire")
            .definedBy("..worker.wire..")
            .layer("worker.process")
            .definedBy("..worker.process..")
            .layer("worker.pool")
            .definedBy("..worker.pool..")
            .layer("daemon.logging")
            .definedBy("..daemon.logging..")
            .layer("daemon.process")
            .definedBy("..daemon.process..")
            .layer("daemon.monitoring")
            .definedBy("..daemon.monitoring..")
            .layer("daemon.config")
            .definedBy("..daemon.config..")
            .layer("daemon")
            .definedBy("..authservice.daemon")
            .whereLayer("daemon")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("daemon.config")
            .mayOnlyBeAccessedByLayers("daemon")
            .whereLayer("daemon.monitoring")
            .mayOnlyBeAccessedByLayers("daemon.config", "daemon")
            .whereLayer("daemon.process")
            .mayOnlyBeAccessedByLayers("daemon.config", "daemon")
            .whereLayer("daemon.logging")
            .mayOnlyBeAccessedByLayers("daemon.process", "daemon.config", "daemon")
            .whereLayer("server")
            .mayOnlyBeAccessedByLayers("daemon.monitoring", "daemon.config", "daemon")
            .whereLayer("pam")
            .mayOnlyBeAccessedByLayers("worker.process", "daemon.config", "daemon")
            .whereLayer("worker.process")
            .mayOnlyBeAccessedByLayers("daemon.config", "daemon")
            .whereLayer("worker.pool")
            .mayOnlyBeAccessedByLayers("daemon.monitoring", "daemon")
            .whereLayer("worker.wire")
            .mayOnlyBeAccessedByLayers("worker.process", "worker.pool")
            .whereLayer("auth")
            .mayOnlyBeAccessedByLayers(
                    "server",
                    "pam",
                    "worker.wire",
                    "worker.process",
                    "worker.pool",
                    "daemon.logging",
                    "daemon.config",
                    "daemon")
            .whereLayer("posix")
            .mayOnlyBeAccessedByLayers(
                    "server",
                    "pam",
                    "worker.wire",
                    "worker.process",
                    "worker.pool",
                    "daemon.logging",
                    "daemon.process",
                    "daemon.monitoring",
                    "daemon.config",
                    "daemon");

    @ArchTest
    static final ArchRule onlyServerAndWorkerPoolUseNetty = noClasses()
            .that()
            .resideOutsideOfPackages("..authservice.server..", "..worker.pool..", "..authservice.daemon")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule onlyPamAndPosixUseJna = noClasses()
            .that()
            .resideOutsideOfPackages("..pam..", "..posix..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule pamAndWorkersUseNoLoggingLibrary = noClasses()
            .that()
            .resideInAnyPackage("..auth..", "..posix..", "..pam..", "..worker..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.logging..");

    @ArchTest
    static final ArchRule onlyDaemonConfigUsesPicocli = noClasses()
            .that()
            .resideOutsideOfPackage("..daemon.config..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule onlyDaemonLoggingUsesLog4jCore = noClasses()
            .that()
            .resideOutsideOfPackage("..daemon.logging..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.logging.log4j.core..");

    @ArchTest
    static final ArchRule classesAreFinalUnlessMeantToBeExtended = classes()
            .that()
            .areNotInterfaces()
            .and()
            .areNotAnonymousClasses()
            .and()
            .doNotHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT)
            .and()
            .areNotEnums()
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
