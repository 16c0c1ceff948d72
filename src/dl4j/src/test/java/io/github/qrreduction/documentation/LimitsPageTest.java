package io.github.qrreduction.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every line of docs/limits.md that says something has a test that fails when it is no longer so. */
class LimitsPageTest {
    /** How a line begins, the class, and its tests. */
    private static final List<List<String>> HELD = List.of(
            List.of("| `NoAvailableBackendException", "documentation/FirstHourTest", "noBackendOnTheClassPath"),
            List.of("| `class file version", "documentation/FirstHourTest", "anOldJvm"),
            List.of("| `QRReductionLayer (index=0", "documentation/FirstHourTest", "aForgottenNumberOfInputs"),
            List.of("| `OutputLayer (index=1", "documentation/FirstHourTest", "aForgottenNumberOfInputsOfTheNextLayer"),
            List.of("| `Labels and preOutput", "documentation/FirstHourTest", "labelsOfAnotherWidth"),
            List.of("| `expected input of shape", "documentation/FirstHourTest", "featuresOfAnotherWidth"),
            List.of("| `Sequence lengths do not match", "documentation/FirstHourTest", "sequencesWithoutAnInputType"),
            List.of(
                    "- **`TransferLearning`**",
                    "documentation/DocumentedLimitsTest",
                    "transferLearningRefusesToReplaceNOutAndNIn",
                    "fineTuneConfigurationLeavesTheLayerAsItIs",
                    "theWayRoundIsToRemoveTheLayerAndAddAnother",
                    "withoutAFineTuneConfigurationAddLayerFails",
                    "nOutReplaceOfTheLayerBefore",
                    "inAGraphNOutReplaceOfTheLayerBeforeLeavesTheOldNIn"),
            List.of(
                    "- **`getLearningRate`",
                    "documentation/DocumentedLimitsTest",
                    "theLearningRateIsNeitherReadNorSet",
                    "theWayRoundIsASchedule"),
            List.of(
                    "- **`layerSize`",
                    "documentation/DocumentedLimitsTest",
                    "sizesAreToldByTheConfigurationNotByTheNetwork"),
            List.of(
                    "- **The layer after it needs",
                    "documentation/FirstHourTest",
                    "aForgottenNumberOfInputsOfTheNextLayer"),
            List.of("- **Lines `Added", "documentation/DocumentedLimitsTest", "theLayerPrintsNothing"),
            List.of(
                    "- Values from 1e-30 to 1e30",
                    "behaviour/EdgeNumbersTest",
                    "valuesFromTinyToHugeAreReducedToTheLastDigits",
                    "rowsOfZerosDuplicateColumnsAndConstantsTrain"),
            List.of(
                    "- Where a gradient overflows",
                    "behaviour/EdgeNumbersTest",
                    "valuesWhoseGradientsOverflowAreRefused"),
            List.of("- 100 000 inputs", "behaviour/EdgeNumbersTest", "aHundredThousandInputs"),
            List.of("- 100 000 inputs", "behaviour/EdgeDataTest", "samplesOfAHundredThousandColumnsNeedNoCovariance"),
            List.of("- 100 000 inputs", "SampleMomentsTest", "refuseACovarianceThatNoMachineHolds"),
            List.of(
                    "- `PARAMETRIZATION` is not for nOut = nIn",
                    "documentation/DocumentedLimitsTest",
                    "squareComponentsOfParametrizationMayEndInTheOtherHalf"),
            List.of(
                    "- Data that lie far from zero",
                    "documentation/DocumentedLimitsTest",
                    "dataFarFromZeroLoseDigitsInAFloatLayerAndNotOnceTheyAreCentred"));

    /** Needs a machine with two backends and without a GPU; the line says what was seen on one. */
    private static final String SEEN_ELSEWHERE = "| `Skipped [JCublasBackend]";

    @Test
    void everyLineOfThePageIsHeldByATest() throws IOException {
        List<String> lines = Repository.text("docs/limits.md")
                .lines()
                .filter(line -> line.startsWith("- ") || (line.startsWith("| ") && !line.startsWith("| Message")))
                .filter(line -> !line.startsWith(SEEN_ELSEWHERE))
                .toList();
        assertThat(lines)
                .hasSizeGreaterThan(10)
                .allSatisfy(line -> assertThat(HELD).as(line).anyMatch(held -> line.startsWith(held.get(0))));
    }

    @Test
    void theTestsAreThere() throws IOException {
        for (List<String> held : HELD) {
            String source = Repository.text("src/dl4j/src/test/java/io/github/qrreduction/" + held.get(1) + ".java");
            for (String test : held.subList(2, held.size())) {
                assertThat(source).contains("void " + test + "(");
            }
        }
    }
}
