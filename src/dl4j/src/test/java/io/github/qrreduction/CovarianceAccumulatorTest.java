package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.internal.lapack.SymmetricEigen;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class CovarianceAccumulatorTest {
    /** What a fit of parts on a cluster is held to. */
    private static final double MERGED = 1e-10;
    /** More than one panel of the Gram matrix, and no multiple of it. */
    private static final int COLUMNS = 300;

    private INDArray x;

    @BeforeEach
    void samples() {
        Nd4j.getRandom().setSeed(12345);
        x = Nd4j.randn(DataType.DOUBLE, 500, COLUMNS).addi(1000);
    }

    @Test
    void isTheTextbookCovariance() {
        CovarianceAccumulator a = new CovarianceAccumulator(COLUMNS);
        a.add(x);

        INDArray centred = x.sub(1000);
        centred = centred.subRowVector(centred.mean(0));
        assertLowerClose(a, centred.transpose().mmul(centred).div(499));
        assertThat(a.mean().sub(x.mean(0)).amaxNumber().doubleValue()).isLessThan(MERGED);
        assertThat(a.count()).isEqualTo(500);
    }

    @Test
    void partsMergeToTheWholeInAnyOrder() {
        CovarianceAccumulator whole = new CovarianceAccumulator(COLUMNS);
        whole.add(x);
        CovarianceAccumulator merged = new CovarianceAccumulator(COLUMNS);
        for (int[] range : new int[][] {{400, 500}, {0, 1}, {1, 250}, {250, 250}, {250, 400}}) {
            CovarianceAccumulator part = new CovarianceAccumulator(COLUMNS);
            if (range[1] > range[0]) {
                part.add(x.get(NDArrayIndex.interval(range[0], range[1]), NDArrayIndex.all()));
            }
            merged.merge(part);
            assertThat(part.count()).isEqualTo(range[1] - range[0]);
        }

        assertThat(merged.count()).isEqualTo(500);
        assertLowerClose(merged, whole.lowerCovariance());
        assertThat(merged.mean().sub(whole.mean()).amaxNumber().doubleValue()).isLessThan(MERGED);
        double[] ours = SymmetricEigen.of(merged.lowerCovariance(), all -> 1).values();
        assertThat(ours)
                .containsExactly(
                        SymmetricEigen.of(whole.lowerCovariance(), all -> 1).values(), within(MERGED));
    }

    @Test
    void aPartMayTravel() throws IOException, ClassNotFoundException {
        CovarianceAccumulator part = new CovarianceAccumulator(COLUMNS);
        part.add(x);
        CovarianceAccumulator other = travelled(part);
        assertThat(other.lowerCovariance()).isEqualTo(part.lowerCovariance());
        assertThat(other.mean()).isEqualTo(part.mean());

        other.add(x);
        part.add(x);
        assertLowerClose(other, part.lowerCovariance());
        assertThat(travelled(new CovarianceAccumulator(3)).count()).isZero();
    }

    @Test
    void keepsNothingInTheWorkspaceOfItsCaller() {
        CovarianceAccumulator whole = new CovarianceAccumulator(COLUMNS);
        whole.add(x);
        CovarianceAccumulator part = new CovarianceAccumulator(COLUMNS);
        CovarianceAccumulator merged = new CovarianceAccumulator(COLUMNS);
        try (MemoryWorkspace open = Nd4j.getWorkspaceManager().getAndActivateWorkspace("OF_THE_CALLER")) {
            part.add(x);
            merged.merge(part);
        }
        assertLowerClose(merged, whole.lowerCovariance());
        merged.add(x);
        assertLowerClose(part, whole.lowerCovariance());
        assertThat(part.mean()).as("nothing is shared with the other").isEqualTo(whole.mean());
        assertThat(merged.mean().sub(whole.mean()).amaxNumber().doubleValue()).isLessThan(MERGED);
    }

    @Test
    void partsOfOtherWidthAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CovarianceAccumulator(3).merge(new CovarianceAccumulator(4)))
                .withMessage("expected an accumulator of 3 columns, got one of 4");
    }

    @Test
    void samplesAreUntouched() {
        INDArray copy = x.dup();
        new CovarianceAccumulator(COLUMNS).add(x);
        assertThat(x).isEqualTo(copy);
    }

    private static void assertLowerClose(CovarianceAccumulator a, INDArray expected) {
        INDArray actual = a.lowerCovariance();
        for (int i = 0; i < COLUMNS; i++) {
            for (int j = 0; j <= i; j++) {
                assertThat(actual.getDouble(i, j)).isCloseTo(expected.getDouble(i, j), within(MERGED));
            }
        }
    }

    private static CovarianceAccumulator travelled(CovarianceAccumulator a) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(a);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (CovarianceAccumulator) in.readObject();
        }
    }
}
