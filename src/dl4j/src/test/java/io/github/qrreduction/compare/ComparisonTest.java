package io.github.qrreduction.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.Components;
import io.github.qrreduction.vectors.Recall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class ComparisonTest {
    /** Of 48 numbers of about 1. */
    private static final double FLOAT_ROUNDING = 1e-6;

    private static final ReductionMethod[] CLOSED_FORM = {
        ReductionMethod.TRUNCATION,
        ReductionMethod.RANDOM,
        ReductionMethod.PCA,
        ReductionMethod.PCA_UNCENTRED,
        ReductionMethod.TEMPERED
    };

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    /** Normal, of falling spread, round a mean that is not zero. */
    static float[][] vectors(int n, int d, long seed) {
        Random random = new Random(seed);
        float[][] vectors = new float[n][d];
        for (float[] v : vectors) {
            for (int i = 0; i < d; i++) {
                v[i] = (float) ((random.nextGaussian() + 0.3) / (1 + 0.2 * ((7 * i) % d)));
            }
        }
        return vectors;
    }

    private static ComparisonSetup closedForm() {
        return Comparison.setup().methods(CLOSED_FORM);
    }

    @Test
    void recallOfFloat32IsExactlyThatOfRecall() {
        float[][] vectors = vectors(700, 24, 1);
        // Some vectors twice: of equal cosines the first one counts, here as there.
        for (int i = 0; i < 60; i++) {
            vectors[600 + i] = vectors[i].clone();
        }
        Comparison comparison = closedForm().sizes(4, 12).seed(3).run(vectors);

        float[][] heldOut =
                Arrays.stream(comparison.heldOut()).mapToObj(i -> vectors[i]).toArray(float[][]::new);
        assertThat(heldOut).hasDimensions(175, 24);
        for (ComparisonRow row : comparison.rows()) {
            if (row.storage() == Storage.FLOAT32) {
                Components c = comparison.components(row.method(), row.size());
                float[][] reduced = c.transform(Nd4j.createFromArray(heldOut)).toFloatMatrix();
                assertThat(row.recall()).as("%s", row).isEqualTo(Recall.at(10, heldOut, reduced));
                assertThat(row.rescored()).as("%s", row).isEqualTo(Recall.rescoredAt(10, 50, heldOut, reduced));
            }
        }
    }

    @Test
    void whatIsFittedOnceForAllSizesEqualsAFitOfEachSize() {
        float[][] vectors = vectors(300, 16, 2);
        Comparison comparison = closedForm().sizes(3, 8).seed(5).run(vectors);
        int[] heldOut = Arrays.stream(comparison.heldOut()).sorted().toArray();
        List<float[]> fitted = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            if (Arrays.binarySearch(heldOut, i) < 0) {
                fitted.add(vectors[i]);
            }
        }
        assertThat(fitted).hasSize(comparison.fitted());
        var data = Nd4j.createFromArray(fitted.toArray(new float[0][]));
        for (ReductionMethod method : CLOSED_FORM) {
            Components once = comparison.components(method, 3);
            Components own = method.fit(data, 3, 5);
            assertThat(once.matrix().distance2(own.matrix().castTo(DataType.FLOAT)))
                    .as("%s", method)
                    .isLessThan(FLOAT_ROUNDING);
            assertThat(once.metadata()).isEqualTo(own.metadata());
        }
    }

    @Test
    void theFullLengthIsThereByDefaultAndKeepsEverything() {
        Comparison comparison = closedForm().run(vectors(400, 20, 3));

        assertThat(comparison.rows().stream().map(ComparisonRow::size).distinct())
                .containsExactly(2, 4, 8, 16, 20);
        assertThat(comparison.rows().stream().filter(r -> r.size() == 20).map(r -> r.method() + " " + r.storage()))
                .containsExactly("truncation float32", "truncation int8", "truncation bit", "truncation bit-unrotated");
        ComparisonRow whole = row(comparison, ReductionMethod.TRUNCATION, 20, Storage.FLOAT32);
        assertThat(whole.recall()).isEqualTo(1);
        assertThat(whole.rescored()).isEqualTo(1);
        assertThat(whole.bytes()).isEqualTo(80);
    }

    @Test
    void aSeedGivesTheSameFiguresAgain() {
        float[][] vectors = vectors(300, 16, 4);
        ComparisonSetup setup = closedForm().sizes(4).seed(9);
        assertThat(setup.run(vectors).rows())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds")
                .isEqualTo(setup.run(vectors).rows());
    }

    @Test
    void severalSeedsGiveAMeanAndASpread() {
        float[][] vectors = vectors(300, 16, 5);
        ComparisonSetup setup = closedForm().sizes(4).storages(Storage.FLOAT32);
        double first = setup.seed(1).seeds(1).run(vectors).rows().get(0).recall();
        double second = setup.seed(2).seeds(1).run(vectors).rows().get(0).recall();

        ComparisonRow both = setup.seed(1).seeds(2).run(vectors).rows().get(0);

        assertThat(first).isNotEqualTo(second);
        assertThat(both.recall()).isEqualTo((first + second) / 2);
        assertThat(both.lowestRecall()).isEqualTo(Math.min(first, second));
        assertThat(both.highestRecall()).isEqualTo(Math.max(first, second));
    }

    @Test
    void theSmallestRowThatReachesARecallIsFound() {
        Comparison comparison = closedForm().run(vectors(400, 20, 6));

        for (double wanted : new double[] {0.3, 0.8, 0.99}) {
            ComparisonRow smallest = comparison.smallest(wanted).orElseThrow();
            assertThat(smallest.recall()).isGreaterThanOrEqualTo(wanted);
            assertThat(comparison.rows())
                    .filteredOn(r -> r.storage() != Storage.BIT_UNROTATED && r.bytes() < smallest.bytes())
                    .allMatch(r -> r.recall() < wanted);
            ComparisonRow rescored = comparison.smallestRescored(wanted).orElseThrow();
            assertThat(rescored.rescored()).isGreaterThanOrEqualTo(wanted);
            assertThat(rescored.bytes()).isLessThanOrEqualTo(smallest.bytes());
        }
        assertThat(closedForm().sizes(2).run(vectors(400, 20, 6)).smallest(1)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> comparison.smallest(95))
                .withMessage("expected a recall from 0 to 1, got 95.0");
    }

    private static ComparisonRow made(ReductionMethod method, int bytes, double recall, double rescored) {
        return new ComparisonRow(method, bytes, Storage.INT8, bytes, recall, rescored, recall, recall, 0);
    }

    private static Comparison of(ComparisonRow... rows) {
        return new Comparison(null, List.of(rows), Map.of(), new int[0], 0, 50, 1, 1, List.of());
    }

    @Test
    void ofEqualBytesTheSimplestMethodWithinAPointOfTheBestIsTaken() {
        ComparisonRow random = made(ReductionMethod.RANDOM, 64, 0.94, 0.959);
        ComparisonRow pca = made(ReductionMethod.PCA, 64, 0.96, 0.970);
        ComparisonRow uncentred = made(ReductionMethod.PCA_UNCENTRED, 64, 0.97, 0.976);
        ComparisonRow tempered = made(ReductionMethod.TEMPERED, 64, 0.965, 0.972);
        ComparisonRow neighbours = made(ReductionMethod.NEIGHBOURS, 64, 0.98, 0.977);
        ComparisonRow larger = made(ReductionMethod.TRUNCATION, 128, 1, 1);
        Comparison comparison = of(larger, random, pca, uncentred, tempered, neighbours);

        assertThat(comparison.smallestRescored(0.95)).contains(uncentred);
        assertThat(comparison.smallestRescored(0.98)).contains(larger);
        // Exactly a point below the best.
        assertThat(comparison.smallest(0.95)).contains(uncentred);
        assertThat(of(pca, tempered, neighbours).smallest(0.95)).contains(neighbours);
        assertThat(of(pca, tempered).smallest(0.95)).contains(pca);
    }

    @Test
    void theFullLengthIsAPointOfItsOwn() {
        String svg = closedForm().sizes(4, 8).run(vectors(200, 8, 1)).svg(Picture.RECALL);
        assertThat(svg).contains(">full length</text>").contains("<title>truncation to 8, float32, 32 bytes: 100.0 %");
    }

    @Test
    void vectorsOfZerosAreLeftOutAndCopiesAreNoTrouble() {
        float[][] vectors = vectors(200, 8, 7);
        Arrays.fill(vectors[3], 0);
        Arrays.fill(vectors[150], 0);
        for (int i = 100; i < 140; i++) {
            vectors[i] = vectors[0].clone();
        }
        Comparison comparison = closedForm().sizes(2).run(vectors);

        assertThat(comparison.sample().zeros()).isEqualTo(2);
        assertThat(comparison.sample().size()).isEqualTo(198);
        assertThat(comparison.rows()).allMatch(r -> r.recall() >= 0 && r.recall() <= r.rescored());
    }

    @Test
    void nobodysVectorsAreChanged() {
        float[][] vectors = vectors(100, 8, 8);
        float[][] before = Arrays.stream(vectors).map(float[]::clone).toArray(float[][]::new);
        closedForm().sizes(2).run(vectors);
        assertThat(vectors).isDeepEqualTo(before);
    }

    @Test
    void badInputIsRefusedWithAReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.run(vectors(21, 8, 1)))
                .withMessage("expected at least 22 vectors that are not zero, 11 of them to hold out, got 21");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.run(new float[0][]))
                .withMessage("expected at least 22 vectors that are not zero, 11 of them to hold out, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> closedForm().sizes(4, 9).run(vectors(100, 8, 1)))
                .withMessage("expected sizes from 1 to the vectors' length, 8, got 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Comparison.setup().methods(ReductionMethod.PCA).sizes(8).run(vectors(100, 8, 1)))
                .withMessage("expected a size below the vectors' length, 8, or the method truncation, got methods [pca]"
                        + " and sizes [8]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.setup().seeds(0))
                .withMessage("expected at least 1 seed, got 0");
        float[][] nan = vectors(100, 8, 1);
        nan[40][2] = Float.NaN;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.run(nan))
                .withMessage("row 41, number 3: expected a finite number, got NaN; take the row out first");
        float[][] ragged = vectors(100, 8, 1);
        ragged[40] = new float[7];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.run(ragged))
                .withMessage("row 41: expected as many numbers as row 1 has, 8, at least 1, got 7");
    }

    @Test
    void anInterruptedThreadEndsItAndKeepsItsFlag() {
        List<String> heard = new ArrayList<>();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> closedForm()
                        .sizes(4)
                        .listener((done, doing) -> {
                            heard.add(doing);
                            if (doing.equals("pca to 4")) {
                                Thread.currentThread().interrupt();
                            }
                        })
                        .run(vectors(200, 8, 1)));
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(heard).containsExactly("true neighbours", "truncation to 4", "random to 4", "pca to 4");
    }

    @Test
    void theListenerHearsRisingSharesUpToOne() {
        List<Double> shares = new ArrayList<>();
        closedForm().sizes(2, 4).listener((done, doing) -> shares.add(done)).run(vectors(200, 8, 1));
        assertThat(shares).isSorted().startsWith(0.0).endsWith(1.0);
    }

    @Test
    void aMapHasTheHeldOutVectorsAndTheirNeighbours() {
        float[][] vectors = vectors(400, 12, 9);
        Comparison comparison = closedForm().sizes(6, 11).run(vectors);

        VectorMap map = comparison.map(ReductionMethod.PCA_UNCENTRED, 11, 60);

        assertThat(map.size()).isEqualTo(60);
        double far = 0;
        long kept = 0;
        for (int i = 0; i < map.size(); i++) {
            assertThat(map.row(i)).isEqualTo(comparison.heldOut()[i]);
            far = Math.max(far, Math.hypot(map.before(i)[0] - map.after(i)[0], map.before(i)[1] - map.after(i)[1]));
            int[] after = map.nearestAfter(i);
            assertThat(after).hasSize(10).doesNotContain(i);
            kept += Arrays.stream(map.nearestBefore(i))
                    .filter(n -> Arrays.stream(after).anyMatch(a -> a == n))
                    .count();
        }
        // One number of twelve is lost: the maps lie on each other, whatever the signs of their axes.
        assertThat(far).isLessThan(0.2);
        assertThat(kept).isGreaterThan(500);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> comparison.map(ReductionMethod.PCA, 5, 60))
                .withMessageStartingWith("expected a method and size of [");
    }

    @Test
    void picturesShowEachValueAndLabelEachLine() {
        Comparison comparison = closedForm().sizes(2, 4, 8).run(vectors(200, 8, 1));

        for (Picture picture : Picture.values()) {
            String svg = comparison.svg(picture);
            assertThat(svg)
                    .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
                    .endsWith("</svg>\n");
            assertThat(svg).doesNotContain("NaN").doesNotContain("Infinity");
        }
        String svg = comparison.svg(Picture.RECALL);
        for (ReductionMethod method : CLOSED_FORM) {
            assertThat(svg).contains(">" + method + "</text>");
            ComparisonRow row = row(comparison, method, 4, Storage.FLOAT32);
            assertThat(svg)
                    .contains(String.format(
                            java.util.Locale.ROOT,
                            "<title>%s to 4, float32, 16 bytes: %.1f %%</title>",
                            method,
                            100 * row.recall()));
        }
        assertThat(comparison.svg(Picture.RESCORED_BY_BYTES)).contains(">bit, unrotated</text>");
    }

    @Test
    void aPictureOfOneValueIsDrawnToo() {
        Comparison comparison = Comparison.setup()
                .methods(ReductionMethod.TRUNCATION)
                .storages(Storage.INT8)
                .sizes(8)
                .run(vectors(200, 8, 1));
        for (Picture picture : Picture.values()) {
            assertThat(comparison.svg(picture))
                    .contains("truncation to 8, int8")
                    .doesNotContain("NaN");
        }
    }

    private static ComparisonRow row(Comparison comparison, ReductionMethod method, int size, Storage storage) {
        return comparison.rows().stream()
                .filter(r -> r.method() == method && r.size() == size && r.storage() == storage)
                .findFirst()
                .orElseThrow();
    }
}
