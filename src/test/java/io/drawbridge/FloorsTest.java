package io.drawbridge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.drawbridge.audit.OfflineVerification;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.modulith.core.ApplicationModules;

/** The floors of the house: an arrow points down only, and each foreign system has one door. */
class FloorsTest {
    private static final String ROOT = "io.drawbridge";
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    @DisplayName("no floor sees the one above it, and the upper five do not see each other")
    void arrowsPointDownOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
                .layer("identity")
                .definedBy(in("identity"))
                .layer("organization")
                .definedBy(in("organization"))
                .layer("policy")
                .definedBy(in("policy"))
                .layer("request")
                .definedBy(in("request"))
                .layer("grant")
                .definedBy(in("grant"))
                .layer("operations")
                .definedBy(in("operations"))
                .layer("intake")
                .definedBy(in("intake"))
                .layer("audit")
                .definedBy(in("audit"))
                .layer("notification")
                .definedBy(in("notification"))
                .layer("workflow")
                .definedBy(in("workflow"))
                .layer("web")
                .definedBy(in("web"))
                .whereLayer("intake")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("audit")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("notification")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("workflow")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("web")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("operations")
                .mayOnlyBeAccessedByLayers("intake", "audit", "notification", "workflow", "web")
                .whereLayer("grant")
                .mayOnlyBeAccessedByLayers(above("grant"))
                .whereLayer("request")
                .mayOnlyBeAccessedByLayers(above("request"))
                .whereLayer("policy")
                .mayOnlyBeAccessedByLayers(above("policy"))
                .whereLayer("organization")
                .mayOnlyBeAccessedByLayers(above("organization"))
                // One jar is the application and the verifier of its audit trail; who starts it says which.
                .ignoreDependency(Drawbridge.class, OfflineVerification.class)
                .check(HOUSE);
    }

    @Test
    @DisplayName("no module looks into another's inner rooms, and none depends on itself in a circle")
    void modulesKeepTheirInnerRooms() {
        ApplicationModules.of(Drawbridge.class).verify();
    }

    @Test
    @DisplayName("the domain knows no framework beyond Spring's transactions and events")
    void domainKnowsNoFramework() {
        for (String floor : List.of("identity", "organization", "policy", "request", "grant")) {
            classes()
                    .that()
                    .resideInAPackage(ROOT + "." + floor)
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "java..",
                            "org.jspecify.annotations..",
                            "org.springframework.transaction..",
                            "org.springframework.context..",
                            "org.springframework.stereotype..",
                            ROOT + "..")
                    .check(HOUSE);
        }
    }

    @Test
    @DisplayName("each foreign system has its door, AWS one on each floor that speaks to it, and no other")
    void eachForeignSystemHasOneDoor() {
        onlyDoor("org.camunda..", in("workflow"));
        onlyDoor("com.cedarpolicy..", ROOT + ".policy.cedar");
        onlyDoor(
                "software.amazon.awssdk..",
                ROOT + ".organization.aws",
                ROOT + ".grant.aws..",
                ROOT + ".intake.aws..",
                ROOT + ".notification.aws");
        onlyDoor("org.apache.hc..", in("notification"));
        onlyDoor("jakarta.mail..", in("notification"));
        onlyDoor("org.springframework.mail..", in("notification"));
    }

    @Test
    @DisplayName("time is an argument: nobody asks the machine what time it is")
    void timeIsAnArgument() {
        for (Class<?> time : List.of(
                Instant.class, LocalDate.class, LocalDateTime.class, OffsetDateTime.class, ZonedDateTime.class)) {
            noClasses().should().callMethod(time, "now").check(HOUSE);
        }
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(HOUSE);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.drawbridge.workflow.JobsConfiguration")
                .should()
                .callMethod(Clock.class, "systemUTC")
                .check(HOUSE);
        noClasses().should().callMethod(Clock.class, "systemDefaultZone").check(HOUSE);
    }

    @Test
    @DisplayName("the root holds the application class only")
    void rootHoldsTheApplicationOnly() {
        classes()
                .that()
                .resideInAPackage(ROOT)
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .haveFullyQualifiedName(Drawbridge.class.getName())
                .check(HOUSE);
    }

    @ParameterizedTest(name = "no package is called {0}")
    @ValueSource(
            strings = {
                "common", "util", "utils", "service", "impl", "dto", "model", "helper", "helpers", "manager", "core"
            })
    void noPackageSaysNothing(String name) {
        noClasses().should().resideInAPackage(".." + name + "..").check(HOUSE);
    }

    @Test
    @DisplayName("every package says whether null is meant")
    void everyPackageIsNullMarked() {
        List<String> unmarked = HOUSE.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(rooms -> rooms.tryGetPackageInfo().isEmpty()
                        || !rooms.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                .map(rooms -> rooms.getName())
                .toList();
        org.assertj.core.api.Assertions.assertThat(unmarked).isEmpty();
    }

    private static void onlyDoor(String foreign, String... doors) {
        noClasses()
                .that()
                .resideOutsideOfPackages(doors)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(foreign)
                .check(HOUSE);
    }

    private static String in(String floor) {
        return ROOT + "." + floor + "..";
    }

    private static String[] above(String floor) {
        List<String> floors = List.of("identity", "organization", "policy", "request", "grant");
        return Stream.concat(
                        floors.subList(floors.indexOf(floor) + 1, floors.size()).stream(),
                        Stream.of("operations", "intake", "audit", "notification", "workflow", "web"))
                .toArray(String[]::new);
    }
}
