package io.github.qrreduction.internal.stiefel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class DifferencesTest {

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE", "HALF"})
    void areNd4jsBitForBitAlsoInViewsOfALargerVector(DataType type) {
        for (int columns : new int[] {1, 7, 20_000}) {
            INDArray minuend = Nd4j.randn(DataType.DOUBLE, 3, columns).castTo(type);
            INDArray flat = Nd4j.randn(DataType.DOUBLE, 3 * columns + 9).castTo(type);
            INDArray around = flat.dup();
            INDArray subtrahend =
                    flat.get(NDArrayIndex.interval(5, 5 + 3 * columns)).reshape('c', 3, columns);
            INDArray expected = minuend.sub(subtrahend);

            INDArray result = Nd4j.create(type, 3, columns);
            Differences.subtract(minuend, subtrahend, result);
            assertThat(bits(result)).isEqualTo(bits(expected));
            assertThat(bits(flat)).isEqualTo(bits(around));

            Differences.subtract(minuend, subtrahend, subtrahend);
            assertThat(bits(subtrahend)).isEqualTo(bits(expected));
            subtrahend.assign(
                    around.get(NDArrayIndex.interval(5, 5 + 3 * columns)).reshape('c', 3, columns));
            assertThat(bits(flat)).isEqualTo(bits(around));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE", "HALF"})
    void areZeroWhereAllValuesAreTheSame(DataType type) {
        int length = 3 * 1001;
        INDArray a = Nd4j.randn(DataType.DOUBLE, 3, 1001).castTo(type);
        a.putScalar(1, 1, 0.0);
        INDArray flat = Nd4j.randn(DataType.DOUBLE, length + 9).castTo(type);
        INDArray b = flat.get(NDArrayIndex.interval(5, 5 + length)).reshape('c', 3, 1001);
        assertThat(Differences.sameValues(a, b)).isFalse();
        b.assign(a);
        assertThat(Differences.sameValues(a, b)).isTrue();
        b.putScalar(1, 1, -0.0);
        assertThat(Differences.sameValues(a, b)).as("0 and -0").isTrue();
        for (long[] place : new long[][] {{0, 0}, {1, 500}, {2, 1000}}) {
            double value = b.getDouble(place);
            b.putScalar(place, value + 1);
            assertThat(Differences.sameValues(a, b)).isFalse();
            b.putScalar(place, value);
            assertThat(Differences.sameValues(b, a)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void passOnWhatIsNotFinite(DataType type) {
        INDArray a = Nd4j.createFromArray(1.0, Double.POSITIVE_INFINITY, Double.NaN)
                .castTo(type)
                .reshape(1, 3);
        INDArray b = Nd4j.createFromArray(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0.0)
                .castTo(type)
                .reshape(1, 3);
        Differences.subtract(a, b, b);
        assertThat(b.getDouble(0)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(b.getDouble(1)).isNaN();
        assertThat(b.getDouble(2)).isNaN();
    }

    private static double[] bits(INDArray array) {
        return array.dup('c').data().asDouble();
    }
}
