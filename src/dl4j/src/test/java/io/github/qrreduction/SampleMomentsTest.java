package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class SampleMomentsTest {
    /** What a fit of parts on a cluster is held to. */
    private static final double MERGED = 1e-10;

    private static final int COLUMNS = 12;
    private static final int K = 5;

    private INDArray x;

    @BeforeEach
    void samples() {
        Nd4j.getRandom().setSeed(77);
        // Columns of falling variance, so that components are well defined; a mean that is large against it.
        INDArray scale = Nd4j.linspace(DataType.DOUBLE, 3, -0.2, COLUMNS);
        x = Nd4j.randn(DataType.DOUBLE, 400, COLUMNS).muliRowVector(scale).addi(1e5);
    }

    private SampleMoments part(int from, int to) {
        List<DataSet> batches = IntStream.iterate(from, i -> i < to, i -> i + 30)
                .mapToObj(i -> new DataSet(
                        x.get(NDArrayIndex.interval(i, Math.min(to, i + 30)), NDArrayIndex.all())
                                .dup(),
                        null))
                .toList();
        return SampleMoments.of(batches.iterator(), RNNFormat.NCW);
    }

    private void assertWhole(SampleMoments merged) {
        PrincipalComponents expected = PrincipalComponents.fit(x, K);
        PrincipalComponents actual = merged.principalComponents(K);

        assertThat(merged.count()).isEqualTo(400);
        assertThat(merged.columns()).isEqualTo(COLUMNS);
        assertThat(actual.nSamples()).isEqualTo(400);
        assertThat(actual.explainedVariance()).containsExactly(expected.explainedVariance(), within(MERGED));
        assertThat(actual.totalVariance()).isCloseTo(expected.totalVariance(), within(MERGED));
        assertThat(actual.mean().sub(expected.mean()).amaxNumber().doubleValue())
                .isLessThan(MERGED);
        assertThat(actual.components()
                        .matrix()
                        .sub(expected.components().matrix())
                        .amaxNumber()
                        .doubleValue())
                .isLessThan(MERGED);
    }

    @Test
    void ofTheWholeGiveTheLocalFit() {
        assertWhole(part(0, 400));
        assertThat(part(0, 400).principalComponentsForVariance(0.9).components().nOut())
                .isEqualTo(
                        PrincipalComponents.fitForVariance(x, 0.9).components().nOut());
    }

    @Test
    void ofPartsMergeToTheLocalFitInAnyOrder() {
        SampleMoments merged = part(5, 5);
        for (int[] range : new int[][] {{390, 400}, {0, 1}, {1, 200}, {200, 200}, {200, 390}}) {
            SampleMoments other = part(range[0], range[1]);
            merged.merge(other);
            assertThat(other.count()).isEqualTo(range[1] - range[0]);
        }

        assertWhole(merged);
    }

    @Test
    void mergingLeavesTheOtherAsItWas() {
        SampleMoments empty = part(0, 0);
        SampleMoments first = part(0, 100);
        SampleMoments rest = part(100, 400);
        empty.merge(first);
        empty.merge(rest);

        first.merge(rest);
        assertWhole(first);
        assertWhole(empty);
        assertThat(rest.count()).isEqualTo(300);
    }

    @Test
    void takesHalfTheBytesOfTheMatrixToSend() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(part(0, 400));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertWhole((SampleMoments) in.readObject());
        }
        int triangle = 8 * COLUMNS * (COLUMNS + 1) / 2;
        // Two vectors, the arrays' headers and the classes' names beside it.
        assertThat(bytes.size()).isBetween(triangle, triangle + 2 * 8 * COLUMNS + 10 * COLUMNS + 300);
    }

    @Test
    void outliveAWorkspace() {
        SampleMoments moments;
        try (MemoryWorkspace ws = Nd4j.getWorkspaceManager().getAndActivateWorkspace("SampleMomentsTest")) {
            moments = part(0, 400);
        }
        assertWhole(moments);
    }

    @Test
    void refuseACovarianceThatNoMachineHolds() {
        DataSet wide = new DataSet(Nd4j.ones(DataType.FLOAT, 1, 100_000), null);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleMoments.of(List.of(wide).iterator(), RNNFormat.NCW))
                .withMessageStartingWith(
                        "expected a covariance of at most 46340 columns, which can be decomposed, got");
    }

    @Test
    void refuseOtherWidthsAndTooFewSamples() {
        SampleMoments narrow = SampleMoments.of(
                List.of(new DataSet(Nd4j.ones(DataType.DOUBLE, 3, 4), null)).iterator(), RNNFormat.NCW);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> part(0, 10).merge(narrow))
                .withMessage("expected nIn = 12, as in another part of the data, got nIn = 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> part(0, 1).principalComponents(1))
                .withMessage("expected at least 2 samples, since variances divide by n - 1, got 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> part(0, 0).principalComponentsForVariance(0.5))
                .withMessage("expected at least 2 samples, since variances divide by n - 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> narrow.principalComponents(5))
                .withMessage("expected k of at most nIn = 4, got 5");
    }

    @Test
    void refuseSumsThatOverflowWhenPartsAreMerged() {
        x.getColumn(3).muli(1e152);
        SampleMoments merged = part(0, 200);
        SampleMoments far = SampleMoments.of(
                List.of(new DataSet(
                                x.get(NDArrayIndex.interval(200, 400), NDArrayIndex.all())
                                        .neg(),
                                null))
                        .iterator(),
                RNNFormat.NCW);
        merged.merge(far);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> merged.principalComponents(1))
                .withMessage("expected values whose squares have a sum below 1.7976931348623157E308, got larger ones in"
                        + " column 3");
    }
}
