package io.ringtally.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import io.ringtally.journal.BodyLayout;
import io.ringtally.journal.HeadLayout;
import io.ringtally.journal.LogIdentity;
import io.ringtally.journal.RecordType;
import io.ringtally.journal.SlotLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The shape of the house: imports go one way, and every third party stays in its room. */
class ArchitectureTest {

    /** Packages bottom-up; one may import what stands before it, never what stands after. */
    private static final List<String> BOTTOM_UP = List.of("client", "fault", "time", "metrics",
            "event", "auth", "journal", "inspect", "dedupe", "tally", "ring", "persist", "query",
            "audit", "operate", "recovery", "http", "admin", "dashboard",
            "config", "verify", "doctor", "app");

    /** Packages of one layer do not know each other, however they are ordered above. */
    private static final List<List<String>> STRANGERS = List.of(
            List.of("time", "event", "auth"), List.of("ring", "persist"), List.of("ring", "query"),
            List.of("http", "admin", "recovery"));

    private static final Map<String, List<String>> ROOMS = Map.of(
            "io.undertow..", List.of("http"),
            "org.xnio..", List.of("http"),
            "net.openhft..", List.of("tally"),
            "java.sql..", List.of("persist", "app", "recovery", "verify", "doctor"),
            "org.postgresql..", List.of("persist"),
            "com.zaxxer..", List.of("persist"),
            "org.flywaydb..", List.of("persist"),
            "org.apache.commons.compress..", List.of("persist"),
            "javax.management..", List.of("admin"),
            "com.lmax..", List.of("ring"));

    private static final Map<String, List<String>> MORE_ROOMS = Map.of(
            "com.typesafe..", List.of("config"),
            "picocli..", List.of("app"),
            "org.HdrHistogram..", List.of("metrics"),
            "ch.qos.logback..", List.of("app"),
            "io.prometheus..", List.of("metrics"),
            "com.fasterxml..", List.of("event", "http", "dashboard", "app", "doctor"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.ringtally");

    @Test
    void everyPackageHasItsPlace() {
        TreeSet<String> found = new TreeSet<>();
        CLASSES.forEach(type -> found.add(packageOf(type)));
        assertEquals(new TreeSet<>(BOTTOM_UP), found);
    }

    @Test
    void importsGoOneWay() {
        for (int i = 0; i < BOTTOM_UP.size(); i++) {
            for (String above : BOTTOM_UP.subList(i + 1, BOTTOM_UP.size())) {
                forbid(BOTTOM_UP.get(i), above);
            }
        }
    }

    @Test
    void packagesOfOneLayerDoNotKnowEachOther() {
        for (List<String> layer : STRANGERS) {
            for (String one : layer) {
                layer.stream().filter(other -> !other.equals(one))
                        .forEach(other -> forbid(one, other));
            }
        }
    }

    private static void forbid(String from, String to) {
        noClasses().that().resideInAPackage("io.ringtally." + from + "..")
                .should().dependOnClassesThat().resideInAPackage("io.ringtally." + to + "..")
                .allowEmptyShould(true).check(CLASSES);
    }

    @Test
    void theSecondReaderSharesOnlyTheFormatWithTheFirst() {
        noClasses().that().resideInAPackage("io.ringtally.inspect..")
                .should().dependOnClassesThat(JavaClass.Predicates
                        .resideInAPackage("io.ringtally.journal..")
                        .and(DescribedPredicate.not(JavaClass.Predicates.belongToAnyOf(
                                BodyLayout.class, HeadLayout.class, SlotLayout.class,
                                RecordType.class, LogIdentity.class)))).check(CLASSES);
    }

    @Test
    void theClientNeedsTheJdkOnlyAndTheServiceDoesNotNeedIt() {
        noClasses().that().resideInAPackage("io.ringtally.client..")
                .should().dependOnClassesThat().resideOutsideOfPackages("java..",
                        "io.ringtally.client..").check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.ringtally.client..")
                .should().dependOnClassesThat().resideInAPackage("io.ringtally.client..")
                .check(CLASSES);
    }

    @Test
    void thereIsNoCycle() {
        slices().matching("io.ringtally.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void thirdPartiesStayInTheirRooms() {
        ROOMS.forEach(ArchitectureTest::keepIn);
        MORE_ROOMS.forEach(ArchitectureTest::keepIn);
    }

    private static void keepIn(String thirdParty, List<String> rooms) {
        GivenClassesConjunction outside = noClasses().that()
                .resideInAPackage("io.ringtally..");
        for (String room : rooms) {
            outside = outside.and().resideOutsideOfPackage("io.ringtally." + room + "..");
        }
        outside.should().dependOnClassesThat().resideInAPackage(thirdParty).check(CLASSES);
    }

    @Test
    void fourTypesInTenStayInside() {
        List<JavaClass> types = CLASSES.stream()
                .filter(type -> type.getEnclosingClass().isEmpty()
                        && !type.getSimpleName().equals("package-info")).toList();
        long inside = types.stream()
                .filter(type -> !type.getModifiers().contains(JavaModifier.PUBLIC)).count();
        assertTrue(inside * 10 >= types.size() * 4L, inside + " of " + types.size());
    }

    @Test
    void filesAndLinesAreShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                List<String> lines = Files.readAllLines(file);
                if (lines.size() > 400) {
                    tooLong.add(file + " has " + lines.size() + " lines");
                }
                lines.stream().filter(line -> line.length() > 100)
                        .forEach(line -> tooLong.add(file + ": " + line));
            }
        }
        assertEquals(List.of(), tooLong);
    }

    @Test
    void everyClassSaysHowThreadsUseIt() throws IOException {
        List<String> silent = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file);
                boolean isClass = text.contains("\npublic final class ")
                        || text.contains("\nfinal class ");
                boolean exempt = text.contains("extends Exception")
                        || text.contains("Exception {") || file.endsWith("EventLimits.java")
                        || file.endsWith("EventLayout.java");
                if (isClass && !exempt && !text.contains("Threading:")) {
                    silent.add(file.toString());
                }
            }
        }
        assertEquals(List.of(), silent);
    }

    private static String packageOf(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.");
        return parts.length > 2 ? parts[2] : "";
    }
}
