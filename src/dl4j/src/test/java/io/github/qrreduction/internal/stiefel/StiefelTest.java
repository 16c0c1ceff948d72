package io.github.qrreduction.internal.stiefel;

import static io.github.qrreduction.internal.stiefel.Matrices.distance;
import static io.github.qrreduction.internal.stiefel.Matrices.fixture;
import static io.github.qrreduction.internal.stiefel.Matrices.gaussian;
import static io.github.qrreduction.internal.stiefel.Matrices.inner;
import static io.github.qrreduction.internal.stiefel.Matrices.norm;
import static io.github.qrreduction.internal.stiefel.Matrices.uniform;
import static io.github.qrreduction.internal.stiefel.Matrices.views;
import static io.github.qrreduction.internal.stiefel.QRFactorTest.bound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class StiefelTest {
    private static final double REFERENCE = 1e-13;
    /** Standard errors that a mean of draws may be off; chance of a false alarm below 1e-6 an entry. */
    private static final double SIGMAS = 5;

    /** Relative rounding of a few products of length n. */
    private static double rounding(DataType type) {
        return type == DataType.DOUBLE ? 1e-14 : 1e-6;
    }

    @ParameterizedTest
    @MethodSource("io.github.qrreduction.internal.stiefel.Matrices#cases")
    void drawsOrthonormalRowsRepeatably(int k, int n, DataType type, int seed) {
        INDArray q = uniform(k, n, type, seed);
        assertThat(q.dataType()).isEqualTo(type);
        assertThat(q.ordering()).isEqualTo('c');
        assertThat(Stiefel.orthonormalityError(q)).isLessThanOrEqualTo(bound(type));
        assertThat(uniform(k, n, type, seed)).isEqualTo(q);
        assertThat(distance(uniform(k, n, DataType.DOUBLE, seed), q)).isLessThan(bound(type));
        assertThat(uniform(k, n, type, seed + 1)).isNotEqualTo(n == 1 ? null : q);
    }

    /** Not even by the rounding of a single pass: a layer that learns nothing keeps its matrix. */
    @ParameterizedTest
    @MethodSource("io.github.qrreduction.internal.stiefel.Matrices#cases")
    void aStepOfZeroMovesNothing(int k, int n, DataType type, int seed) {
        INDArray q = uniform(k, n, type, seed);
        INDArray update = Nd4j.zeros(type, k, n);
        Stiefel.retractUpdate(q, update);
        // Not by equals, which lets 1e-5 pass.
        assertThat(update.amaxNumber().doubleValue()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"2, 3", "3, 3"})
    void drawsUniformly(int k, int n) {
        int draws = 4000;
        Nd4j.getRandom().setSeed(77);
        INDArray rotation = Stiefel.uniform(n, n, DataType.DOUBLE);
        double[] mean = new double[k * n];
        double[] square = new double[k * n];
        double[] product = new double[k * n];
        double[] rotatedFourth = new double[k * n];
        for (int draw = 0; draw < draws; draw++) {
            INDArray q = Stiefel.uniform(k, n, DataType.DOUBLE);
            double[] entries = q.dup('c').data().asDouble();
            double[] rotated = q.mmul(rotation).dup('c').data().asDouble();
            for (int i = 0; i < entries.length; i++) {
                mean[i] += entries[i] / draws;
                square[i] += entries[i] * entries[i] / draws;
                product[i] += entries[i] * entries[(i + 1) % entries.length] / draws;
                rotatedFourth[i] += Math.pow(rotated[i], 4) / draws;
            }
        }
        // An entry is that of a uniform unit vector: E q = 0, E q^2 = 1/n, E q^4 = 3/(n(n+2)), and all of it
        // stays so under a fixed rotation. No moment of order 2 p has a variance above E q^(2p).
        double fourth = 3.0 / (n * (n + 2));
        for (int i = 0; i < mean.length; i++) {
            assertThat(mean[i]).isCloseTo(0, within(SIGMAS * Math.sqrt(1.0 / n / draws)));
            assertThat(square[i]).isCloseTo(1.0 / n, within(SIGMAS * Math.sqrt((fourth - 1.0 / n / n) / draws)));
            assertThat(product[i]).isCloseTo(0, within(SIGMAS * Math.sqrt(fourth / draws)));
            assertThat(rotatedFourth[i]).isCloseTo(fourth, within(SIGMAS * Math.sqrt(fourth / draws)));
        }
    }

    @Test
    void drawsBothSignsInOneDimension() {
        Nd4j.getRandom().setSeed(5);
        int positive = 0;
        for (int i = 0; i < 1000; i++) {
            double entry = Stiefel.uniform(1, 1, DataType.DOUBLE).getDouble(0);
            assertThat(Math.abs(entry)).isCloseTo(1, within(rounding(DataType.DOUBLE)));
            positive += entry > 0 ? 1 : 0;
        }
        assertThat(positive / 1000.0).isCloseTo(0.5, within(SIGMAS * Math.sqrt(0.25 / 1000)));
    }

    @Test
    void refusesToDrawMoreRowsThanColumns() {
        assertThatThrownBy(() -> Stiefel.uniform(4, 3, DataType.FLOAT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected 1 <= rows <= columns and a floating-point type, got rows = 4, columns = 3, type ="
                        + " FLOAT");
    }

    @ParameterizedTest
    @MethodSource("io.github.qrreduction.internal.stiefel.Matrices#cases")
    void projectsOntoTheTangentSpace(int k, int n, DataType type, int seed) {
        INDArray q = uniform(k, n, type, seed);
        INDArray g = gaussian(k, n, type, seed + 1);
        INDArray h = gaussian(k, n, type, seed + 2);
        INDArray before = g.dup();
        INDArray p = Oracles.tangentProjection(q, g);
        assertThat(g).isEqualTo(before);
        INDArray m = p.castTo(DataType.DOUBLE).mmul(q.castTo(DataType.DOUBLE).transpose());
        double scale = rounding(type) * norm(g) * Math.max(1, norm(h));
        assertThat(norm(m.add(m.transpose().dup('c')))).as("sym(P(G) Q^T)").isLessThan(scale);
        assertThat(distance(Oracles.tangentProjection(q, p), p))
                .as("idempotent")
                .isLessThan(scale);
        assertThat(inner(p, h)).as("self-adjoint").isCloseTo(inner(g, Oracles.tangentProjection(q, h)), within(scale));
    }

    @ParameterizedTest
    @MethodSource("io.github.qrreduction.internal.stiefel.Matrices#cases")
    void retractsOntoTheManifold(int k, int n, DataType type, int seed) {
        INDArray q = uniform(k, n, type, seed);
        for (double size : new double[] {0, 1e-6, 1e-2, 1, 1e4, 1e8}) {
            INDArray step =
                    Oracles.tangentProjection(q, gaussian(k, n, type, seed + 1)).muli(size);
            INDArray retracted = Oracles.retraction(q, step);
            assertThat(Stiefel.orthonormalityError(retracted)).isLessThanOrEqualTo(bound(type));
            if (size == 0) {
                assertThat(distance(retracted, q)).isLessThan(bound(type));
            }
            INDArray update = step.neg();
            Stiefel.retractUpdate(q, update);
            INDArray stepped = q.sub(update);
            assertThat(Stiefel.orthonormalityError(stepped)).isLessThanOrEqualTo(bound(type));
            // Both round Q + step differently; a step of 1e8 magnifies nothing, as it is the whole matrix then.
            if (size <= 1) {
                assertThat(distance(stepped, retracted)).isLessThan(bound(type));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 7", "5, 5", "16, 64"})
    void retractionIsCorrectToFirstOrder(int k, int n) {
        INDArray q = uniform(k, n, DataType.DOUBLE, 3);
        INDArray tangent = Oracles.tangentProjection(q, gaussian(k, n, DataType.DOUBLE, 4));
        tangent.divi(norm(tangent));
        double far = distance(Oracles.retraction(q, tangent.mul(1e-2)), q.add(tangent.mul(1e-2)));
        double near = distance(Oracles.retraction(q, tangent.mul(1e-4)), q.add(tangent.mul(1e-4)));
        assertThat(Math.log10(far / near) / 2).as("log-log slope").isCloseTo(2, within(0.02));
    }

    @ParameterizedTest
    @CsvSource({"wide", "square", "ill", "one"})
    void agreesWithNumpy(String name) {
        INDArray q = fixture(name + "-Q");
        INDArray p = Oracles.tangentProjection(q, fixture(name + "-G"));
        assertThat(distance(p, fixture(name + "-P"))).isLessThan(REFERENCE);
        assertThat(distance(Oracles.retraction(q, p.mul(0.3)), fixture(name + "-retracted")))
                .isLessThan(REFERENCE);
        assertThat(distance(PolarFactor.of(fixture(name + "-W")), fixture(name + "-polar")))
                .isLessThan(name.equals("ill") ? 1e3 * REFERENCE : REFERENCE);
    }

    @Test
    void worksInPlaceOnViewsInAnyOrder() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray q = uniform(5, 12, type, 2);
            INDArray g = gaussian(5, 12, type, 3);
            INDArray projected = Oracles.tangentProjection(q, g);
            INDArray retracted = Oracles.retraction(q, g.neg());
            views(q).forEach(point -> {
                INDArray before = point.dup();
                views(g).forEach(view -> {
                    assertThat(distance(Oracles.tangentProjection(point, view), projected))
                            .isLessThan(bound(type));
                    assertThat(distance(Oracles.retraction(point, view.neg()), retracted))
                            .isLessThan(bound(type));
                });
                views(g).forEach(view -> {
                    Stiefel.projectToTangent(point, view);
                    assertThat(distance(view, projected)).isLessThan(bound(type));
                });
                views(g).forEach(view -> {
                    Stiefel.retractUpdate(point, view);
                    assertThat(distance(point.sub(view), retracted)).isLessThan(bound(type));
                });
                assertThat(point).isEqualTo(before);
            });
        }
    }

    @Test
    void refusesStepsThatAreNotFinite() {
        INDArray q = Nd4j.eye(2).castTo(DataType.FLOAT);
        INDArray step = Nd4j.zeros(DataType.FLOAT, 2, 2);
        step.putScalar(1, 0, Double.NaN);
        assertThatThrownBy(() -> Stiefel.retractUpdate(q, step))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected finite entries of Q - update, got NaN at row 1, column 0 of the 2 x 2 matrix");
        assertThatThrownBy(() -> Stiefel.projectToTangent(q, Nd4j.zeros(DataType.FLOAT, 2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected G to be a floating-point matrix of the shape of Q, [2, 2], got FLOAT [2, 3]");
    }

    @Test
    void leavesTheCallersWorkspaceAlone() {
        INDArray kept;
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("StiefelTest")) {
            INDArray q = Stiefel.uniform(5, 12, DataType.FLOAT);
            INDArray g = Nd4j.randn(DataType.FLOAT, 5, 12);
            long used = workspace.getThisCycleAllocations();
            kept = Oracles.retraction(q, Oracles.tangentProjection(q, g));
            Stiefel.retractUpdate(q, g);
            Oracles.vjp(QRFactor.of(kept), g);
            PolarFactor.of(kept);
            assertThat(workspace.getThisCycleAllocations()).isEqualTo(used);
            assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isSameAs(workspace);
            assertThat(kept.isAttached()).isFalse();
        }
        assertThat(Stiefel.orthonormalityError(kept)).isLessThan(bound(DataType.FLOAT));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void handlesManyColumns(int k) {
        INDArray q = uniform(k, 30000, DataType.FLOAT, 3);
        INDArray update = gaussian(k, 30000, DataType.FLOAT, 4).muli(0.01);
        for (int step = 0; step < 5; step++) {
            Stiefel.projectToTangent(q, update);
            Stiefel.retractUpdate(q, update);
            q.subi(update);
            assertThat(Stiefel.orthonormalityError(q)).isLessThanOrEqualTo(bound(DataType.FLOAT));
        }
    }

    @Test
    void roundsHalfOnlyForStorage() {
        INDArray q = uniform(16, 64, DataType.FLOAT16, 3);
        INDArray exact = q.castTo(DataType.DOUBLE);
        INDArray g = gaussian(16, 64, DataType.FLOAT16, 4);
        // Entries of about 1/8 (1 in G), each rounded by up to 2^-11 of itself.
        assertThat(Stiefel.orthonormalityError(q)).isLessThan(5e-3);
        INDArray projected = Oracles.tangentProjection(exact, g.castTo(DataType.DOUBLE));
        assertThat(distance(Oracles.tangentProjection(q, g), projected)).isLessThan(2e-2);
        INDArray update = g.dup();
        Stiefel.retractUpdate(q, update);
        INDArray expected = Oracles.retraction(exact, g.castTo(DataType.DOUBLE).neg());
        assertThat(distance(q.sub(update), expected)).isLessThan(5e-3);
    }
}
