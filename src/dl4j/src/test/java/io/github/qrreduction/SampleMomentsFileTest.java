package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.qrreduction.vectors.Tensor;
import io.github.qrreduction.vectors.TensorFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Moments that are saved, and added to later. */
class SampleMomentsFileTest {
    /** Float64 sums in another order. */
    private static final double ROUNDING = 1e-10;

    private static final int COLUMNS = 7;

    @TempDir
    private Path folder;

    private INDArray x;

    @BeforeEach
    void samples() {
        Nd4j.getRandom().setSeed(5);
        x = Nd4j.randn(DataType.DOUBLE, 90, COLUMNS)
                .muliRowVector(Nd4j.createFromArray(7.0, 6, 5, 4, 3, 2, 1))
                .addi(10);
    }

    private SampleMoments moments(int from, int to) {
        INDArray rows =
                x.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup();
        return SampleMoments.of(List.of(new DataSet(rows, null)).iterator(), RNNFormat.NCW);
    }

    private Path saved() throws IOException {
        Path path = folder.resolve("moments.safetensors");
        moments(0, 60).save(path);
        return path;
    }

    @Test
    void samplesCanBeAddedLater() throws IOException {
        SampleMoments later = SampleMoments.load(saved());
        later.merge(moments(60, 90));

        PrincipalComponents expected = PrincipalComponents.fit(x, 3);
        PrincipalComponents actual = later.principalComponents(3);
        assertThat(actual.nSamples()).isEqualTo(90);
        assertThat(actual.explainedVariance()).containsExactly(expected.explainedVariance(), within(ROUNDING));
        assertThat(actual.components().matrix().distance2(expected.components().matrix()))
                .isLessThan(ROUNDING);
        assertThat(actual.mean().distance2(expected.mean())).isLessThan(ROUNDING);
    }

    @Test
    void componentsAboutZeroComeFromTheSameMoments() throws IOException {
        PrincipalComponentsFitter aboutZero = PrincipalComponents.fitter().centred(false);
        PrincipalComponents expected = aboutZero.fit(x.get(NDArrayIndex.interval(0, 60), NDArrayIndex.all()), 3);

        PrincipalComponents actual = aboutZero.fit(SampleMoments.load(saved()), 3);
        assertThat(actual.mean()).isNull();
        assertThat(actual.eigenvalues()).containsExactly(expected.eigenvalues(), within(ROUNDING * 1000));
        assertThat(actual.components().matrix().distance2(expected.components().matrix()))
                .isLessThan(ROUNDING);
        assertThat(aboutZero
                        .fitForVariance(SampleMoments.load(saved()), 0.99)
                        .components()
                        .nOut())
                .isLessThan(COLUMNS);
    }

    @Test
    void streamsAndMomentsOfNothingComeBackAsTheyWere() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SampleMoments nwc = SampleMoments.of(
                List.of(new DataSet(Nd4j.rand(DataType.DOUBLE, 2, 5, 3), null)).iterator(), RNNFormat.NWC);
        nwc.save(bytes);
        SampleMoments again = SampleMoments.load(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(again.count()).isEqualTo(10);
        assertThat(again.columns()).isEqualTo(3);
        assertThat(again.format()).isEqualTo(RNNFormat.NWC);
        assertThat(again.principalComponents(2).components())
                .isEqualTo(nwc.principalComponents(2).components());

        Path path = folder.resolve("none.safetensors");
        SampleMoments.of(List.<DataSet>of().iterator(), RNNFormat.NCW).save(path);
        SampleMoments none = SampleMoments.load(path);
        assertThat(none.count()).isZero();
        none.merge(moments(0, 90));
        assertThat(none.count()).isEqualTo(90);
    }

    @Test
    void anyDamageIsRefused() throws IOException {
        Path path = saved();
        byte[] whole = Files.readAllBytes(path);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (at % 2 == 0 ? 0x01 : 0x10);
            Files.write(path, damaged);
            assertThatIllegalArgumentException()
                    .as("byte %d", at)
                    .isThrownBy(() -> SampleMoments.load(path))
                    .withMessageStartingWith(path + ": ");
        }
        for (int length : new int[] {0, 7, 100, whole.length - 8, whole.length - 1}) {
            Files.write(path, Arrays.copyOf(whole, length));
            assertThatIllegalArgumentException()
                    .as("length %d", length)
                    .isThrownBy(() -> SampleMoments.load(path))
                    .withMessageStartingWith(path + ": ");
        }
    }

    @Test
    void otherFilesAreRefusedWithTheReason() throws IOException {
        Path path = saved();
        TensorFile good = TensorFile.load(path);
        Path other = folder.resolve("other.safetensors");
        Components.of(Nd4j.eye(3)).save(other);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleMoments.load(other))
                .withMessageStartingWith(
                        other + ": expected moments of samples, as SampleMoments.save writes them, got ");

        Map<String, String> metadata = new LinkedHashMap<>(good.metadata());
        metadata.put("version", "2");
        TensorFile.of(good.tensors(), metadata).save(other);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleMoments.load(other))
                .withMessage(other + ": expected version 1, got 2");

        metadata.put("version", "1");
        metadata.put("count", "many");
        TensorFile.of(good.tensors(), metadata).save(other);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleMoments.load(other))
                .withMessage(other + ": expected a count of samples, got many");

        Map<String, Tensor> tensors = new LinkedHashMap<>(good.tensors());
        tensors.remove("gram");
        TensorFile.of(tensors, good.metadata()).save(other);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleMoments.load(other))
                .withMessageEndingWith(": it is damaged");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> moments(0, 3).save(folder.resolve("moments.bin")))
                .withMessage(folder.resolve("moments.bin") + ": expected a path that ends in .safetensors");
    }
}
