package io.github.qrreduction.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Components;
import io.github.qrreduction.NeighbourComponents;
import io.github.qrreduction.compare.ReductionMethod;
import io.github.qrreduction.testutil.Repository;
import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.factory.Nd4j;

class FitTest {

    private static final Vectors VECTORS = Vectors.random(120, 8);
    private static final long SEED = 5;
    private static final String NO_GAIN =
            "qr-reduce: training gained nothing on the held-out vectors; the start, PCA about zero, was kept";

    @TempDir
    private Path folder;

    private Path file(String name) {
        return folder.resolve(name);
    }

    @ParameterizedTest
    @EnumSource(ReductionMethod.class)
    void everyMethodIsThatOfTheLibrary(ReductionMethod method) throws IOException {
        Path in = VECTORS.save(file("in.vec"));
        Path model = file("r.safetensors");

        Run run = Run.of("fit", in, "-k", 3, "--method", method, "--seed", SEED, "-o", model);

        assertThat(run.exitCode()).as(run.err()).isZero();
        Components expected = method.fit(Nd4j.createFromArray(VECTORS.rows()), 3, SEED);
        boolean gained = !"0".equals(expected.metadata().get("bestStep"));
        assertThat(run.out() + run.err()).isEqualTo(gained ? "" : NO_GAIN + System.lineSeparator());
        Components saved = Components.load(model);
        assertThat(saved.matrix()).isEqualTo(expected.matrix());
        assertThat(saved.mean()).isEqualTo(expected.mean());
        assertThat(saved.metadata())
                .containsAllEntriesOf(expected.metadata())
                .containsEntry("method", method.toString())
                .containsEntry("source", "in.vec")
                .containsEntry("vectors", "120")
                .containsEntry("sizes", "8 to 3")
                .containsKey("version");
    }

    @Test
    void theCommandKnowsTheMethodsOfTheLibrary() {
        assertThat(new Fit.Methods())
                .containsExactlyInAnyOrder(Arrays.stream(ReductionMethod.values())
                        .map(ReductionMethod::toString)
                        .toArray(String[]::new));
    }

    @Test
    void aSampleIsSaidAndWrittenDown() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        Path model = file("r.safetensors");

        Run run = Run.of("fit", in, "-k", 2, "--method", "pca", "--sample", 40, "--seed", SEED, "-o", model);

        assertThat(run.exitCode()).isZero();
        assertThat(run.errLines())
                .containsExactly("qr-reduce: fits to a sample of 40 of 120 vectors; --sample and --seed choose another"
                        + " one");
        assertThat(Reduction.load(model).metadata())
                .containsAllEntriesOf(Map.of("vectors", "40 of 120", "seed", "5", "method", "pca"));
    }

    /** All numbers are kept, so that there is nothing to gain. */
    @Test
    void aTrainingThatGainsNothingIsSaid() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        Path model = file("r.safetensors");

        Run run = Run.of("fit", in, "-k", 8, "-o", model);

        assertThat(run.exitCode()).isZero();
        assertThat(run.errLines()).containsExactly(NO_GAIN);
        assertThat(Reduction.load(model).metadata()).containsEntry("bestStep", "0");
    }

    @Test
    void methodsAreNamedInAnyCase() throws IOException {
        Path in = VECTORS.save(file("in.npy"));

        assertThat(Run.of("fit", in, "-k", 2, "--method", "PCA", "-o", file("r.npz")))
                .extracting(Run::exitCode, Run::err)
                .containsExactly(0, "");
    }

    @Test
    void vectorsOfAnotherKindAreRefusedWithTheWayToFloat32() throws IOException {
        Path npz = Files.write(file("v.npz"), new byte[] {'P', 'K'});
        Path integers = Repository.path("src/vectors/src/test/resources/fixtures/npy/bad-integer.npy");
        assertThat(Run.of("fit", npz, "-k", 2, "-o", file("r.npz")).errLines())
                .containsExactly("qr-reduce: " + npz + ": expected a file name that ends in .npy, .fvecs, .csv, .tsv,"
                        + " .vec or .txt, got v.npz; save it with numpy.save as float32");
        assertThat(Run.of("fit", integers, "-k", 2, "-o", file("r.npz")).errLines())
                .singleElement()
                .asString()
                .endsWith(", integers or booleans; save it with numpy.save as float32");
    }

    @Test
    void prefixesAreTrainedToo() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        Path model = file("r.safetensors");

        Run run = Run.of("fit", in, "-k", 4, "--prefixes", "1,2", "--seed", SEED, "-o", model);

        assertThat(run.exitCode()).as(run.err()).isZero();
        Components expected =
                NeighbourComponents.fitter().seed(SEED).prefixes(1, 2).fit(Nd4j.createFromArray(VECTORS.rows()), 4);
        assertThat(Components.load(model).matrix()).isEqualTo(expected.matrix());
        assertThat(Reduction.load(model).metadata())
                .containsEntry("prefixes", expected.metadata().get("prefixes"))
                .containsEntry("method", "neighbours");
    }

    @Test
    void standardInputIsReadToo() {
        byte[] csv = "1,2\n3,4\n5,7\n".getBytes(StandardCharsets.UTF_8);
        Path model = file("r.npz");

        Run run = Run.with(csv, "fit", "-", "--in-format", "csv", "-k", 1, "--method", "pca", "-o", model);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(model).exists();
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() throws IOException {
        Path in = VECTORS.save(file("in.npy"));
        Path model = file("r.safetensors");

        assertRefused("expected -k in 1..8, the length of the vectors, got 9", "fit", in, "-k", 9, "-o", model);
        assertRefused("expected -k in 1..8, the length of the vectors, got 0", "fit", in, "-k", 0, "-o", model);
        assertRefused(
                "expected --method to be one of neighbours, pca, pca-uncentred, tempered, random, truncation, got umap",
                "fit",
                in,
                "-k",
                2,
                "--method",
                "umap",
                "-o",
                model);
        assertRefused("expected --sample to be at least 2, got 1", "fit", in, "-k", 2, "--sample", 1, "-o", model);
        assertRefused(
                "expected --prefixes for the method neighbours only, got pca",
                "fit",
                in,
                "-k",
                2,
                "--prefixes",
                1,
                "--method",
                "pca",
                "-o",
                model);
        for (String prefixes : new String[] {"0", "2,1", "1,3"}) {
            assertRefused(
                    "expected --prefixes that rise from 1 or more to less than -k 3, got "
                            + prefixes.substring(prefixes.length() - 1),
                    "fit",
                    in,
                    "-k",
                    3,
                    "--prefixes",
                    prefixes,
                    "-o",
                    model);
        }
        assertRefused(
                "expected an output that is no input, got " + in + " for both; name another file",
                "fit",
                in,
                "-k",
                2,
                "-o",
                in);
        assertThat(model).doesNotExist();
        assertThat(Vectors.load(in).rows()).isDeepEqualTo(VECTORS.rows());
    }

    private static void assertRefused(String message, Object... arguments) {
        Run run = Run.of(arguments);
        assertThat(run.errLines())
                .containsExactly("qr-reduce: " + message + " (qr-reduce fit --help shows the options)");
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void whatTheLibraryRefusesIsOneLine() throws IOException {
        Path in = Vectors.random(1, 4).save(file("one.npy"));

        Run run = Run.of("fit", in, "-k", 2, "--method", "pca", "-o", file("r.npz"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errLines()).hasSize(1).first().asString().startsWith("qr-reduce: expected");
        assertThat(file("r.npz")).doesNotExist();
    }
}
