package io.github.qrreduction.internal.stiefel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SinglePassTest {

    /** Orthonormality error that float32 products leave, for each of the roots of the number of rows. */
    private static final double ERROR = 2e-7;

    private static final int SMALL_STEPS = 1000;

    /** What one step moves the rows by, relative to their length. */
    private static final double STEP = 0.05;

    @ParameterizedTest(name = "({0}, {1})")
    @CsvSource({"1, 1", "1, 7", "5, 5", "16, 64", "64, 768", "128, 784", "50, 30000"})
    void theFactorIsThatOfFloat64ToRounding(int k, int n) {
        INDArray w = near(Matrices.uniform(k, n, DataType.FLOAT, 21), STEP);
        INDArray q = factor(w.mul(3));
        assertThat(q).isNotNull();
        assertThat(Stiefel.orthonormalityError(q)).isLessThan(ERROR * Math.sqrt(k));
        assertThat(Matrices.distance(q, QRFactor.of(w.castTo(DataType.DOUBLE)).q()))
                .isLessThan(ERROR * Math.sqrt(k));
    }

    @ParameterizedTest(name = "({0}, {1})")
    @CsvSource({"1, 7", "5, 5", "64, 768", "128, 784", "50, 30000"})
    void aMatrixThatIsOrthonormalToRoundingIsItsOwnFactorBitForBit(int k, int n) {
        INDArray q = Matrices.uniform(k, n, DataType.FLOAT, 22);
        assertThat(QRFactor.of(q).q().data().asFloat()).isEqualTo(q.data().asFloat());
        try (Scratch scratch = new Scratch()) {
            assertThat(new SinglePass(scratch, q).mayBeOrthonormal()).isTrue();
            assertThat(new SinglePass(scratch, near(q, STEP)).mayBeOrthonormal())
                    .isFalse();
        }
    }

    @ParameterizedTest(name = "({0}, {1})")
    @CsvSource({"1, 7", "5, 5", "64, 768", "128, 784", "50, 30000"})
    void aStepTooSmallToChangeAnEntryLeavesQAsItIsBitForBit(int k, int n) {
        INDArray q = Matrices.uniform(k, n, DataType.FLOAT, 22);
        for (INDArray step : List.of(q.mul(0), q.mul(Math.ulp(1f) / 5))) {
            Stiefel.retractUpdate(q, step);
            assertThat(q.sub(step).data().asFloat()).isEqualTo(q.data().asFloat());
        }
    }

    @ParameterizedTest(name = "({0}, {1})")
    @CsvSource({"1, 7", "5, 5", "64, 768", "128, 784"})
    void stepsOfTheSizeOfRoundingDoNotAddUp(int k, int n) {
        INDArray q = Matrices.uniform(k, n, DataType.FLOAT, 26);
        INDArray start = q.dup();
        for (int i = 0; i < SMALL_STEPS; i++) {
            INDArray step = q.mul(i % 2 == 0 ? Math.ulp(1f) : -Math.ulp(1f));
            Stiefel.retractUpdate(q, step);
            q.subi(step);
        }
        assertThat(Stiefel.orthonormalityError(q)).isLessThan(ERROR * Math.sqrt(k));
        assertThat(Matrices.distance(q, start)).isLessThan(ERROR * Math.sqrt(k) * Math.sqrt(SMALL_STEPS));
    }

    @Test
    void whatFloat32CannotDoIsLeftToFloat64() {
        INDArray q = Matrices.uniform(4, 20, DataType.FLOAT, 23);
        assertThat(factor(Matrices.withCondition(4, 20, 5, 24).castTo(DataType.FLOAT)))
                .as("condition 5")
                .isNull();
        assertThat(factor(q.mul(1e15))).as("squares that overflow").isNull();
        assertThat(factor(q.mul(1e-15))).as("squares that lose digits").isNull();
        assertThat(factor(Nd4j.vstack(q, q.getRow(0, true))))
                .as("dependent rows")
                .isNull();
        INDArray spoiled = q.dup();
        spoiled.putScalar(2, 3, Float.NaN);
        assertThat(factor(spoiled)).as("NaN").isNull();
        assertThat(factor(Matrices.uniform(129, 200, DataType.FLOAT, 25)))
                .as("many rows")
                .isNull();
    }

    private static INDArray near(INDArray q, double step) {
        return q.add(Nd4j.randn(DataType.FLOAT, q.shape()).muli(step / Math.sqrt(q.columns())));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 64})
    void theEstimateOfTheSquaredNormIsTheTruthToAFactorOfTwo(int k) {
        for (int seed = 31; seed < 41; seed++) {
            double condition = 1.5;
            INDArray w = Matrices.withCondition(k, k, k == 1 ? 1 : condition, seed);
            double estimate = Triangular.squaredNormEstimate(w.dup('c').data().asDouble(), k);
            double truth = k == 1 ? 1 : condition * condition;
            assertThat(estimate).isBetween(truth / 2, truth * (1 + ERROR));
        }
    }

    @Test
    void moderateConditionIsStillForFloat32() {
        INDArray w = Matrices.withCondition(64, 768, 1.5, 41).castTo(DataType.FLOAT);
        INDArray q = factor(w);
        assertThat(q).isNotNull();
        assertThat(Stiefel.orthonormalityError(q)).isLessThan(1.5 * 1.5 * ERROR * Math.sqrt(64));
    }

    /** Detached, or null where there is none. */
    private static INDArray factor(INDArray w) {
        try (Scratch scratch = new Scratch()) {
            INDArray q = Nd4j.createUninitialized(DataType.FLOAT, w.shape(), 'c');
            return SinglePass.suits(w) && new SinglePass(scratch, w).factor(q) != null ? q.detach() : null;
        }
    }
}
