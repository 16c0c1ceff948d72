package io.github.qrreduction.internal.lapack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SymmetricEigenTest {
    /** LAPACK's residuals are some ten eps; n eps at 2500 columns is fifty times more. */
    private static final double RESIDUAL = 2e-14;
    /** The promise of the components. */
    private static final double ORTHONORMAL = 1e-12;
    /** The promise of the eigenvalues, for those above 1e-6 of the first. */
    private static final double VALUES = 1e-9;

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "2, 2", "3, 2", "64, 64", "129, 5", "161, 161", "400, 17", "700, 700"})
    void findsValuesAndVectors(int n, int k) {
        INDArray matrix = Matrices.withEigenvalues(n, i -> 1 / (1.0 + i), n);
        EigenPairs pairs = SymmetricEigen.of(Matrices.lower(matrix), all -> k);
        assertThat(pairs.values().length).isEqualTo(n);
        assertThat(pairs.vectors().shape()).containsExactly(k, n);
        for (int i = 0; i < n; i++) {
            assertThat(pairs.values()[i]).isCloseTo(1 / (1.0 + i), within(VALUES / (1.0 + i)));
        }
        assertThat(Matrices.residual(matrix, pairs.vectors(), pairs.values())).isLessThan(RESIDUAL);
        assertThat(Matrices.orthonormalityError(pairs.vectors())).isLessThan(ORTHONORMAL);
    }

    @Test
    void theLargestPairsOfAWideMatrixWithAFallingSpectrumAreFoundAlone() {
        int n = 2500;
        INDArray matrix = Matrices.withEigenvalues(n, i -> 1 / (1.0 + i), 3);
        EigenPairs pairs = SymmetricEigen.largest(Matrices.lower(matrix), 32, 1);
        assertThat(pairs.values().length).isEqualTo(32);
        for (int i = 0; i < 32; i++) {
            assertThat(pairs.values()[i]).isCloseTo(1 / (1.0 + i), within(VALUES / (1.0 + i)));
        }
        assertThat(pairs.residual()).isPositive().isLessThan(RESIDUAL);
        assertThat(Matrices.residual(matrix, pairs.vectors(), pairs.values())).isLessThan(RESIDUAL);
        assertThat(Matrices.orthonormalityError(pairs.vectors())).isLessThan(ORTHONORMAL);
        assertThat(pairs.trace()).isCloseTo(Nd4j.diag(matrix).sumNumber().doubleValue(), within(1e-12));
        assertThat(pairs.keep(5).vectors().shape()).containsExactly(5, n);
        assertThat(pairs.keep(5).values()).hasSize(32);
    }

    /** A subspace of vectors could miss one of many equal values. */
    @Test
    void theLargestPairsAreNotGivenWhereValuesAreMultipleOrZeroOrTooMany() {
        INDArray multiple = Matrices.withEigenvalues(1200, i -> i < 100 ? 2 : 1, 3);
        assertThat(SymmetricEigen.largest(multiple, 20, 1)).isNull();
        assertThat(Matrices.residual(
                        multiple,
                        SymmetricEigen.of(Matrices.lower(multiple), all -> 90).vectors(),
                        multipleValues()))
                .isLessThan(RESIDUAL);
        INDArray deficient = Matrices.withEigenvalues(1200, i -> i < 10 ? 1 : 0, 3);
        assertThat(SymmetricEigen.largest(deficient, 20, 1)).isNull();
        assertThat(SymmetricEigen.largest(
                        Nd4j.zeros(DataType.DOUBLE, 1200, 1200).dup('f'), 20, 1))
                .isNull();
        assertThat(SymmetricEigen.largest(multiple, 900, 1)).isNull();
    }

    private static double[] multipleValues() {
        double[] values = new double[90];
        Arrays.fill(values, 2);
        return values;
    }

    @Test
    void aRuleSeesAllValuesBeforeVectorsAreMade() {
        INDArray matrix = Matrices.withEigenvalues(200, i -> Math.pow(0.5, i), 1);
        EigenPairs pairs = SymmetricEigen.of(Matrices.lower(matrix), values -> {
            assertThat(values.length).isEqualTo(200);
            assertThat(values[3]).isCloseTo(0.125, within(1e-12));
            assertThat(values[199]).isZero();
            return 7;
        });
        assertThat(pairs.vectors().shape()).containsExactly(7, 200);
    }

    @Test
    void independentVariablesOfVeryDifferentSpreadKeepTheirVariances() {
        INDArray matrix =
                Nd4j.createFromArray(new double[][] {{9.6e15, 3e6}, {3e6, 1}}).dup('f');
        EigenPairs pairs = SymmetricEigen.of(matrix, all -> 2);
        assertThat(pairs.values()[0]).isCloseTo(9.6e15, within(10.0));
        assertThat(pairs.values()[1]).isCloseTo(1 - 9e12 / 9.6e15, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 40, 200})
    void gradedCovariancesKeepAllVariances(int n) {
        INDArray correlation = Matrices.withEigenvalues(n, i -> 1 + i / (double) n, n);
        INDArray spread = Nd4j.zeros(DataType.DOUBLE, n);
        for (int i = 0; i < n; i++) {
            spread.putScalar(i, Math.pow(10, (i * 7919 % n) * 24.0 / n - 12));
        }
        INDArray matrix =
                correlation.mulRowVector(spread).mulColumnVector(spread).dup('f');
        EigenPairs pairs = SymmetricEigen.of(Matrices.lower(matrix), all -> n);
        assertThat(pairs.values()[n - 1]).isPositive();
        // The product of all eigenvalues is the determinant, which scaling leaves known.
        double logDeterminant = 0;
        for (int i = 0; i < n; i++) {
            logDeterminant += Math.log(1 + i / (double) n) + 2 * Math.log(spread.getDouble(i));
        }
        double found = 0;
        for (double value : pairs.values()) {
            found += Math.log(value);
        }
        assertThat(found).isCloseTo(logDeterminant, within(1e-8));
    }

    @Test
    void rankDeficientMatricesHaveExactZeros() {
        INDArray matrix = Matrices.withEigenvalues(300, i -> i < 10 ? 1 : 0, 5);
        EigenPairs pairs = SymmetricEigen.of(Matrices.lower(matrix), all -> 20);
        assertThat(pairs.values().length).isEqualTo(300);
        assertThat(pairs.values()[9]).isCloseTo(1, within(1e-12));
        for (int i = 10; i < 300; i++) {
            assertThat(pairs.values()[i]).isZero();
        }
        assertThat(Matrices.orthonormalityError(pairs.vectors())).isLessThan(ORTHONORMAL);
    }

    @Test
    void constantVariablesAreUnitVectors() {
        INDArray matrix = Nd4j.zeros(DataType.DOUBLE, 4, 4).dup('f');
        matrix.putScalar(1, 1, 2);
        matrix.putScalar(3, 1, 1);
        matrix.putScalar(3, 3, 2);
        EigenPairs pairs = SymmetricEigen.of(matrix, all -> 4);
        assertThat(pairs.values()).containsExactly(new double[] {3, 1, 0, 0}, within(1e-14));
        double half = Math.sqrt(0.5);
        double[][] expected = {{0, half, 0, half}, {0, half, 0, -half}, {1, 0, 0, 0}, {0, 0, 1, 0}};
        for (int i = 0; i < 4; i++) {
            assertThat(pairs.vectors().getRow(i).toDoubleVector()).containsExactly(expected[i], within(1e-14));
        }
    }

    @Test
    void matricesOfZerosHaveUnitVectors() {
        EigenPairs pairs = SymmetricEigen.of(Nd4j.zeros(DataType.DOUBLE, 3, 3).dup('f'), all -> 2);
        assertThat(pairs.values()).containsExactly(0, 0, 0);
        assertThat(pairs.vectors().toDoubleMatrix()).isDeepEqualTo(new double[][] {{1, 0, 0}, {0, 1, 0}});
    }

    @Test
    void interruptedThreadsStop() {
        INDArray matrix = Matrices.withEigenvalues(300, i -> 1 / (1.0 + i), 3);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> SymmetricEigen.of(matrix, all -> 3))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("interrupted during the reduction of a covariance to tridiagonal form");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
