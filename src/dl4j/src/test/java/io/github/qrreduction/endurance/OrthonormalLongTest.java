package io.github.qrreduction.endurance;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.testutil.ChildJvm;
import io.github.qrreduction.testutil.OrthonormalTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * The long form of {@link OrthonormalTraining}, half an hour on a machine that does nothing else:
 * {@code ./mvnw test -DincludedTags=long -DexcludedTags= -Dtest=OrthonormalLongTest}.
 */
@Tag("long")
class OrthonormalLongTest {

    /** A network that trains at (30000, 50), with the JVM and ND4J around it. */
    private static final long MEMORY_BOUND_KB = 1_000_000;

    private static final String PEAK = "VmHWM:";

    /**
     * The short form's modes, updaters, rates and types, at every size; with PARAMETRIZATION no square matrix, where a
     * rotation that wants to be a reflection is stopped or moves back and forth, as its documentation says.
     */
    static Stream<Arguments> cases() {
        return OrthonormalTraining.cases()
                .flatMap(c -> Stream.of(new int[][] {
                            {1, 1}, {c.get()[0] == Orthonormality.PARAMETRIZATION ? 6 : 5, 5}, {64, 16}, {768, 64}
                        })
                        .map(size -> Arguments.of(Stream.concat(Stream.of(c.get()), Stream.of(size[0], size[1]))
                                .toArray())));
    }

    @ParameterizedTest(name = "{0} with {1} at {2} in {3}, {4} -> {5}")
    @MethodSource("cases")
    void tenThousandSteps(Orthonormality mode, String updater, double learningRate, DataType type, int nIn, int nOut) {
        long start = System.nanoTime();
        OrthonormalTraining.train(mode, OrthonormalTraining.updater(updater, learningRate), type, nIn, nOut, 10_000);
        System.out.printf(
                Locale.ROOT,
                "%s with %s at %s in %s, %d -> %d: 10000 steps in %.0f s%n",
                mode,
                updater,
                learningRate,
                type,
                nIn,
                nOut,
                (System.nanoTime() - start) / 1e9);
    }

    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({"RETRACTION,FLOAT", "RETRACTION,DOUBLE", "PARAMETRIZATION,FLOAT", "PARAMETRIZATION,DOUBLE"})
    void twoHundredStepsOfLargeLayers(Orthonormality mode, DataType type) {
        OrthonormalTraining.train(mode, new Adam(0.01), type, 784, 128, 200);
        OrthonormalTraining.train(mode, new Adam(0.01), type, 30_000, 50, 200);
    }

    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest
    @ValueSource(strings = {"NONE", "RETRACTION", "PARAMETRIZATION"})
    void trainingAtThirtyThousandInputsTakesLessThanAGigabyte(String mode) throws IOException, InterruptedException {
        ChildJvm.Result result = ChildJvm.with("-Xmx512m").run(WideSteps.class, mode);
        String said = result.printed();
        System.out.println(said.strip());
        assertThat(result.exitCode()).isZero();
        String peak = said.lines().filter(l -> l.contains(PEAK)).findFirst().orElseThrow();
        assertThat(Long.parseLong(peak.replaceAll(".*" + PEAK + "\\s*(\\d+) kB.*", "$1")))
                .as("peak of the resident set in KB")
                .isLessThan(MEMORY_BOUND_KB);
    }

    /** A program of its own, so that its memory is its own: 200 steps at (30000, 50), batch 32, FLOAT. */
    static final class WideSteps {

        private WideSteps() {}

        public static void main(String[] args) throws IOException {
            MultiLayerNetwork net = withMse(
                    DataType.FLOAT,
                    new Adam(0.01),
                    reduction(30_000, 50)
                            .orthonormality(Orthonormality.valueOf(args[0]))
                            .build());
            INDArray x = Nd4j.randn(DataType.FLOAT, 32, 30_000);
            INDArray y = Nd4j.randn(DataType.FLOAT, 32, 50);
            double[] times = new double[200];
            for (int i = 0; i < times.length; i++) {
                long start = System.nanoTime();
                net.fit(x, y);
                times[i] = (System.nanoTime() - start) / 1e6;
            }
            Arrays.sort(times);
            String peak = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(l -> l.startsWith(PEAK))
                    .findFirst()
                    .orElseThrow();
            System.out.printf(
                    Locale.ROOT,
                    "%s, 30000 -> 50, batch 32: median step %.1f ms, %s%n",
                    args[0],
                    times[times.length / 2],
                    peak);
        }
    }
}
