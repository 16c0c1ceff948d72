package io.github.qrreduction.endurance;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.testutil.Damage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Damaged model files, through DL4J's own reader: an exception, or the network that was saved. What guards the numbers
 * is the zip's checksum; what guards the configuration, where somebody has made the checksum right, is the layer.
 */
class ModelFuzzTest {

    private static final int ROUNDS = 1000;
    private static final int MANY_ROUNDS = 20_000;
    private static final long SEED = 20242;
    private static final INDArray INPUT = Nd4j.ones(DataType.FLOAT, 2, 5);

    @BeforeAll
    static void sayTheSeed() {
        System.out.println("ModelFuzzTest: seed " + SEED);
    }

    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void damagedFilesAreRefusedOrTheNetworkThatWasSaved(Orthonormality mode) throws IOException {
        damageFiles(mode, ROUNDS);
    }

    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void damagedConfigurationsAreRefusedOrMakeANetworkThatAnswers(Orthonormality mode) throws IOException {
        damageConfigurations(mode, ROUNDS);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(Orthonormality.class)
    void manyDamagedFiles(Orthonormality mode) throws IOException {
        damageFiles(mode, MANY_ROUNDS);
        damageConfigurations(mode, MANY_ROUNDS);
    }

    private static void damageFiles(Orthonormality mode, int rounds) throws IOException {
        MultiLayerNetwork net = trained(mode);
        byte[] whole = saved(net);
        Random random = new Random(SEED);
        int refused = 0;
        int lost = 0;
        for (int i = 0; i < rounds; i++) {
            byte[] damaged = Damage.of(whole, whole.length, random);
            MultiLayerNetwork loaded;
            try {
                loaded = load(damaged);
            } catch (Exception e) {
                assertThat(e).isNotInstanceOf(NullPointerException.class);
                refused++;
                continue;
            } catch (Error e) {
                fail("seed " + SEED + ", round " + i + ": " + HexFormat.of().formatHex(damaged), e);
                return;
            }
            assertThat(values(loaded.params())).as("parameters in round %d", i).isEqualTo(values(net.params()));
            assertThat(loaded.getLayer(0).conf().getLayer())
                    .isEqualTo(net.getLayer(0).conf().getLayer());
            // Headers of entries have no checksum: without its header DL4J finds no updater state, and starts a new
            // one.
            INDArray state = net.getUpdater().getStateViewArray();
            boolean found = Damage.entries(damaged).containsKey(ModelSerializer.UPDATER_BIN);
            lost += found ? 0 : 1;
            assertThat(values(loaded.getUpdater().getStateViewArray()))
                    .as("updater state in round %d", i)
                    .isEqualTo(values(found ? state : state.like()));
        }
        System.out.printf(
                "%s: %d of %d damaged files refused, %d without updater state%n", mode, refused, rounds, lost);
        assertThat(refused).isGreaterThan(rounds / 4);
    }

    private static void damageConfigurations(Orthonormality mode, int rounds) throws IOException {
        MultiLayerNetwork net = trained(mode);
        Map<String, byte[]> entries = Damage.entries(saved(net));
        byte[] whole = entries.get(ModelSerializer.CONFIGURATION_JSON);
        Random random = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < rounds; i++) {
            byte[] damaged = Damage.of(whole, whole.length, random);
            Map<String, byte[]> others = new LinkedHashMap<>(entries);
            others.put(ModelSerializer.CONFIGURATION_JSON, damaged);
            try {
                MultiLayerNetwork loaded = load(Damage.zip(others));
                assertThat(values(loaded.params())).isEqualTo(values(net.params()));
                assertThat(loaded.output(INPUT).size(0)).isEqualTo(2);
            } catch (Exception e) {
                refused++;
            } catch (Error e) {
                fail("seed " + SEED + ", round " + i + ": " + new String(damaged, StandardCharsets.UTF_8), e);
            }
        }
        System.out.printf("%s: %d of %d damaged configurations refused%n", mode, refused, rounds);
        assertThat(refused).isGreaterThan(rounds / 4);
    }

    private static MultiLayerNetwork trained(Orthonormality mode) {
        MultiLayerNetwork net = withMse(
                DataType.FLOAT,
                new Adam(0.01),
                reduction(5, 2).orthonormality(mode).hasBias(true).build());
        net.fit(new DataSet(Nd4j.ones(DataType.FLOAT, 3, 5), Nd4j.ones(DataType.FLOAT, 3, 2)));
        return net;
    }

    private static byte[] saved(MultiLayerNetwork net) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        return bytes.toByteArray();
    }

    private static MultiLayerNetwork load(byte[] file) throws IOException {
        return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file), true);
    }

    private static float[] values(INDArray array) {
        return array.reshape(array.length()).toFloatVector();
    }
}
