package ghostbeam.pipelines;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import ghostbeam.model.dataset.Manifest;
import ghostbeam.model.failure.Advised;
import ghostbeam.model.failure.ModelRemedy;
import ghostbeam.model.failure.Remedy;
import ghostbeam.model.network.Architecture;
import ghostbeam.model.record.Example;
import ghostbeam.model.training.LogLine;
import ghostbeam.pipelines.verdict.Report;
import ghostbeam.transforms.source.SourceRemedy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Architecture rules over all three modules: dependencies and names. */
final class HouseRulesTest {
  private static final DescribedPredicate<JavaClass> NAMED =
      DescribedPredicate.describe(
          "have a name",
          type -> !type.isAnonymousClass() && !type.getSimpleName().equals("package-info"));

  private static JavaClasses house;

  @BeforeAll
  static void readTheHouse() {
    house =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("ghostbeam");
  }

  private static void hold(ArchRule rule) {
    rule.check(house);
  }

  @Test
  void readsAllModules() {
    for (String module : List.of("model", "transforms", "pipelines")) {
      long found = house.stream().filter(resideInAPackage("ghostbeam." + module + "..")).count();
      assertTrue(found > 10, () -> module + " has only " + found + " classes");
    }
  }

  /** Exceptions: rows of files and C functions have as many fields as they have. */
  @Test
  void nothingElseTakesMoreThanSevenArguments() {
    Set<Class<?>> rows =
        Set.of(
            Architecture.class, Example.class, Manifest.class, LogLine.Epoch.class, Report.class);
    Set<String> hidden =
        Set.of(
            "ghostbeam.model.codec.TurboJpeg",
            "ghostbeam.model.training.Progress",
            "ghostbeam.pipelines.verdict.Row$Origin",
            "ghostbeam.transforms.shard.ShardSummary");
    List<String> tooMany =
        house.stream()
            .filter(type -> rows.stream().noneMatch(type::isEquivalentTo))
            .filter(type -> !hidden.contains(type.getName()))
            .flatMap(type -> type.getCodeUnits().stream())
            .filter(
                unit -> unit.getRawParameterTypes().size() - (unit.getOwner().isEnum() ? 2 : 0) > 7)
            .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC))
            .map(JavaCodeUnit::getFullName)
            .toList();
    assertEquals(List.of(), tooMany);
  }

  @Test
  void importsRunFromPipelinesToTransformsToModel() {
    hold(
        noClasses()
            .that()
            .resideInAPackage("ghostbeam.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ghostbeam.transforms..", "ghostbeam.pipelines.."));
    hold(
        noClasses()
            .that()
            .resideInAPackage("ghostbeam.transforms..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ghostbeam.pipelines.."));
  }

  @Test
  void modelKnowsNoBeam() {
    hold(
        noClasses()
            .that()
            .resideInAPackage("ghostbeam.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.beam..", "org.apache.flink.."));
  }

  @Test
  void transformsKnowNeitherRunnersNorOptions() {
    hold(
        noClasses()
            .that()
            .resideInAPackage("ghostbeam.transforms..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.beam.runners..", "org.apache.flink.."));
    hold(
        noClasses()
            .that()
            .resideInAPackage("ghostbeam.transforms..")
            .and()
            .areNotAssignableTo(BoundedSource.class) // Beam hands them options, which they ignore
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.beam.sdk.options.."));
  }

  @Test
  void onlyModelKnowsTensorsAndNativeLibraries() {
    hold(
        noClasses()
            .that()
            .resideOutsideOfPackage("ghostbeam.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl..", "org.opencv..", "nu.pattern..", "com.sun.jna.."));
  }

  @Test
  void noArrayIsCastToTheTypeThatAbortsTheProcess() {
    hold(noClasses().should().accessField(DataType.class, "BFLOAT16"));
    hold(noClasses().should().callMethod(DataType.class, "valueOf", String.class));
  }

  @Test
  void packagesFormNoCycles() {
    hold(slices().matching("ghostbeam.(**)").should().beFreeOfCycles());
  }

  @Test
  void nothingDependsOnMain() {
    hold(
        classes()
            .that(NAMED)
            .and()
            .resideInAnyPackage(
                "ghostbeam", "ghostbeam.model", "ghostbeam.transforms", "ghostbeam.pipelines")
            .should()
            .haveFullyQualifiedName(Main.class.getName()));
    hold(
        noClasses()
            .that()
            .resideInAPackage("ghostbeam.pipelines.*..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(Main.class.getName()));
  }

  @Test
  void noTwoPublicTypesShareASimpleName() {
    Map<String, List<String>> namesakes =
        house.stream()
            .filter(
                type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
            .collect(
                Collectors.groupingBy(
                    JavaClass::getSimpleName,
                    TreeMap::new,
                    Collectors.mapping(JavaClass::getName, Collectors.toList())));
    namesakes.values().removeIf(names -> names.size() == 1);
    assertEquals(Map.of(), namesakes);
  }

  @Test
  void transformsAreVerbPhrases() {
    hold(
        noClasses()
            .that()
            .areAssignableTo(PTransform.class)
            .should()
            .haveNameMatching(".*(Transform|Fn)"));
  }

  @Test
  void doFnsAreHiddenAndEndInFn() {
    hold(
        classes()
            .that(NAMED)
            .and()
            .areAssignableTo(DoFn.class)
            .should()
            .haveSimpleNameEndingWith("Fn")
            .andShould()
            .notHaveModifier(JavaModifier.PUBLIC));
  }

  @Test
  void combineFnsEndInFn() {
    hold(
        classes()
            .that(NAMED)
            .and()
            .areAssignableTo(Combine.CombineFn.class)
            .should()
            .haveSimpleNameEndingWith("Fn"));
  }

  @Test
  void codersEndInCoder() {
    hold(
        classes()
            .that(NAMED)
            .and()
            .areAssignableTo(Coder.class)
            .should()
            .haveSimpleNameEndingWith("Coder"));
  }

  @Test
  void namesSayWhatAClassIs() {
    hold(
        noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helpers?|Manager|Impl|Common|Base|Dto)")
            .because("such a name fits any class"));
  }

  /** Where nobody translates the remedy into flags, such as in a cluster's log, this shows it. */
  @Test
  void advisedFailuresNameTheirRemedyInToString() {
    List<JavaClass> failures =
        house.stream()
            .filter(type -> type.isAssignableTo(Advised.class) && !type.isInterface())
            .toList();
    assertTrue(failures.size() > 4, failures::toString);
    assertEquals(
        List.of(),
        failures.stream().filter(type -> !namesRemedy(type)).map(JavaClass::getName).toList());
  }

  private static boolean namesRemedy(JavaClass failure) {
    JavaClass type = failure;
    while (type.tryGetMethod("toString").isEmpty()) {
      type = type.getRawSuperclass().orElseThrow();
    }
    return type.getMethod("toString").getMethodCallsFromSelf().stream()
        .anyMatch(call -> call.getName().equals("withRemedy"));
  }

  @Test
  void everyRemedyIsRecommendedSomewhere() {
    List<Remedy> unused =
        Stream.<Remedy>concat(Stream.of(ModelRemedy.values()), Stream.of(SourceRemedy.values()))
            .filter(remedy -> !isRecommended(remedy))
            .toList();
    assertEquals(List.of(), unused);
  }

  private static boolean isRecommended(Remedy remedy) {
    JavaClass type = house.get(remedy.getClass());
    return type.getField(remedy.name()).getAccessesToSelf().stream()
        .map(JavaFieldAccess::getOriginOwner)
        .anyMatch(
            user ->
                !user.equals(type)
                    && user.getPackageName().matches("ghostbeam[.](model|transforms)[.].*"));
  }

  @Test
  void logsThroughSlf4j() {
    hold(GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING);
  }

  @Test
  void onlyProgramsEndTheProcessAndTouchTheStandardStreams() {
    DescribedPredicate<JavaClass> others =
        DescribedPredicate.describe("are not Main", type -> !type.isEquivalentTo(Main.class));
    hold(noClasses().that(others).should().callMethod(System.class, "exit", int.class));
    hold(noClasses().that(others).should(GeneralCodingRules.ACCESS_STANDARD_STREAMS));
  }
}
