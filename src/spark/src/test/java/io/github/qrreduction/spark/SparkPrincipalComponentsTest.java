package io.github.qrreduction.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.examples.Digits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class SparkPrincipalComponentsTest {
    /** What the distributed fit is held to: sums in another order. */
    private static final double REORDERED = 1e-10;

    private static final int K = 16;

    private static SparkSession session;
    private static JavaSparkContext spark;
    private static INDArray digits;

    @BeforeAll
    static void start() {
        session = LocalSpark.start();
        spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        digits = Digits.load().train().getFeatures();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /** One partition; one level of the tree; two levels; more partitions than batches, so that some are empty. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 9, 60})
    void isTheLocalFitWhateverThePartitions(int partitions) {
        PrincipalComponents local = PrincipalComponents.fit(digits, K);

        PrincipalComponents fitted =
                SparkPrincipalComponents.fit(spark.parallelize(batches(digits, 32), partitions), K);

        assertSame(fitted, local);
    }

    @Test
    void isTheLocalFitOfDenseAndSparseVectors() {
        PrincipalComponents local = PrincipalComponents.fit(digits, K);
        List<Vector> vectors = vectors(digits);
        for (int i = 0; i < vectors.size(); i += 2) {
            vectors.set(i, vectors.get(i).toSparse());
        }

        assertSame(SparkPrincipalComponents.fitVectors(spark.parallelize(vectors, 5), K), local);
    }

    @Test
    void keepsItsDigitsWhereTheMeanIsLarge() {
        INDArray x = digits.castTo(DataType.DOUBLE).add(1e6);

        assertSame(
                SparkPrincipalComponents.fit(spark.parallelize(batches(x, 50), 6), K), PrincipalComponents.fit(x, K));
    }

    @Test
    void isBitForBitTheSameEachTime() {
        JavaRDD<DataSet> data = spark.parallelize(batches(digits, 32), 11);

        PrincipalComponents first = SparkPrincipalComponents.fit(data, K);
        PrincipalComponents second = SparkPrincipalComponents.fit(data, K);

        assertThat(second.components().matrix()).isEqualTo(first.components().matrix());
        assertThat(second.explainedVariance()).isEqualTo(first.explainedVariance());
    }

    @Test
    void findsAsManyComponentsAsAShareNeeds() {
        PrincipalComponents local = PrincipalComponents.fitForVariance(digits, 0.9);

        assertSame(SparkPrincipalComponents.fitForVariance(spark.parallelize(batches(digits, 64), 4), 0.9), local);
        assertSame(SparkPrincipalComponents.fitVectorsForVariance(spark.parallelize(vectors(digits), 4), 0.9), local);
    }

    @Test
    void takesSequencesInBothFormatsWithMasks() {
        Nd4j.getRandom().setSeed(3);
        INDArray ncw = Nd4j.randn(DataType.FLOAT, 20, 6, 5);
        INDArray mask = Nd4j.ones(20, 5);
        mask.putScalar(3, 4, 0);
        mask.putScalar(7, 0, 0);
        DataSet sequences = new DataSet(ncw, null, mask, null);
        PrincipalComponents local = PrincipalComponents.fit(new ExistingDataSetIterator(List.of(sequences)), 3);
        DataSet nwc = new DataSet(ncw.permute(0, 2, 1).dup('c'), null, mask, null);

        assertThat(local.nSamples()).isEqualTo(98);
        assertSame(SparkPrincipalComponents.fit(spark.parallelize(List.of(sequences), 2), 3), local);
        assertSame(SparkPrincipalComponents.fit(spark.parallelize(List.of(nwc), 2), RNNFormat.NWC, 3), local);
    }

    @Test
    void leavesTheDataAsTheyAre() {
        INDArray copy = digits.dup();

        SparkPrincipalComponents.fit(spark.parallelize(batches(digits, 32), 2), K);

        assertThat(digits).isEqualTo(copy);
    }

    @Test
    void namesPartitionRowAndEntryOfWhatItRefuses() {
        List<Vector> vectors = vectors(digits);
        vectors.set(800, withEntry(vectors.get(800), 5, Double.NaN));
        assertRefused(vectors, "partition 1, row 82: expected finite values, got NaN in entry 5");

        vectors.set(
                800, withEntry(vectors.get(799), 63, Double.NEGATIVE_INFINITY).toSparse());
        assertRefused(vectors, "partition 1, row 82: expected finite values, got -Infinity in entry 63");

        vectors.set(800, Vectors.zeros(63));
        assertRefused(vectors, "partition 1, row 82: expected a vector of size 64, got one of size 63");

        vectors.set(800, null);
        assertRefused(vectors, "partition 1, row 82: expected a vector, got null");
    }

    private static void assertRefused(List<Vector> vectors, String message) {
        assertThatThrownBy(() -> SparkPrincipalComponents.fitVectors(spark.parallelize(vectors, 2), K))
                .isInstanceOf(SparkException.class)
                .hasMessageContaining("java.lang.IllegalArgumentException: " + message + "\n");
    }

    @Test
    void namesPartitionBatchSampleAndColumnOfWhatItRefuses() {
        INDArray x = digits.dup();
        x.putScalar(1000, 7, Float.NaN);

        assertThatThrownBy(() -> SparkPrincipalComponents.fit(spark.parallelize(batches(x, 100), 3), K))
                .hasMessageContaining("IllegalArgumentException: partition 2, batch 0: expected finite values, got NaN"
                        + " in sample 0, column 7\n");
    }

    @Test
    void refusesPartitionsOfDifferentWidths() {
        List<Vector> vectors = List.of(Vectors.zeros(3), Vectors.zeros(3), Vectors.zeros(4), Vectors.zeros(4));

        assertThatThrownBy(() -> SparkPrincipalComponents.fitVectors(spark.parallelize(vectors, 2), 1))
                .hasMessageContaining("expected nIn = 3, as in another part of the data, got nIn = 4");
    }

    @Test
    void refusesMoreColumnsThanOneArrayCanCarryBeforeItAsksForMemory() {
        List<Vector> vectors = List.of(Vectors.sparse(23170, new int[0], new double[0]));
        String message = "expected at most 23169 columns, whose Gram matrix (the lower triangle in float64) is below"
                + " the 2 GiB that Spark can send as one, got 23170\n";

        assertThatThrownBy(() -> SparkPrincipalComponents.fitVectors(spark.parallelize(vectors, 1), 1))
                .hasMessageContaining("partition 0, " + message);
        assertThatThrownBy(() -> SparkPrincipalComponents.fit(
                        spark.parallelize(List.of(new DataSet(Nd4j.zeros(1, 23170), null)), 1), 1))
                .hasMessageContaining("partition 0, " + message);
        assertThat(8L * MomentsTree.MAX_COLUMNS * (MomentsTree.MAX_COLUMNS + 1) / 2)
                .isLessThan(1L << 31);
        assertThat(8L * (MomentsTree.MAX_COLUMNS + 1) * (MomentsTree.MAX_COLUMNS + 2) / 2)
                .isGreaterThan(1L << 31);
    }

    @Test
    void refusesAnImpossibleNumberOfComponents() {
        JavaRDD<Vector> data = spark.parallelize(vectors(digits), 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparkPrincipalComponents.fitVectors(data, 0))
                .withMessage("expected k of at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparkPrincipalComponents.fitVectors(data, 65))
                .withMessage("expected k of at most nIn = 64, got 65");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparkPrincipalComponents.fitVectorsForVariance(data, 1.5))
                .withMessage("expected a share of variance in (0, 1], got 1.5");
    }

    @Test
    void refusesFewerThanTwoSamples() {
        String message = "expected at least 2 samples, since variances divide by n - 1, got ";

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> SparkPrincipalComponents.fitVectors(spark.parallelize(List.of(Vectors.zeros(2)), 3), 1))
                .withMessage(message + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparkPrincipalComponents.fit(spark.parallelize(List.<DataSet>of(), 2), 1))
                .withMessage(message + 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparkPrincipalComponents.fit(spark.<DataSet>emptyRDD(), 1))
                .withMessage("expected data, got an RDD without partitions");
    }

    static void assertSame(PrincipalComponents actual, PrincipalComponents expected) {
        assertThat(actual.nSamples()).isEqualTo(expected.nSamples());
        assertThat(actual.components().nOut()).isEqualTo(expected.components().nOut());
        assertThat(distance(actual.components().matrix(), expected.components().matrix()))
                .isLessThan(REORDERED);
        assertThat(distance(actual.mean(), expected.mean()))
                .isLessThan(REORDERED * Math.max(1, expected.mean().amaxNumber().doubleValue()));
        assertThat(actual.explainedVariance()).containsExactly(expected.explainedVariance(), within(REORDERED));
    }

    private static double distance(INDArray a, INDArray b) {
        return a.sub(b).amaxNumber().doubleValue();
    }

    private static List<DataSet> batches(INDArray x, int size) {
        List<DataSet> batches = new ArrayList<>();
        for (long from = 0; from < x.rows(); from += size) {
            batches.add(new DataSet(
                    x.get(NDArrayIndex.interval(from, Math.min(from + size, x.rows())), NDArrayIndex.all())
                            .dup(),
                    null));
        }
        return batches;
    }

    static List<Vector> vectors(INDArray x) {
        return new ArrayList<>(Arrays.stream(x.castTo(DataType.DOUBLE).toDoubleMatrix())
                .map(Vectors::dense)
                .toList());
    }

    private static Vector withEntry(Vector vector, int index, double value) {
        double[] values = vector.toArray().clone();
        values[index] = value;
        return Vectors.dense(values);
    }
}
