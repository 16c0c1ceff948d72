package io.github.qrreduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.qrreduction.testutil.Damage;
import io.github.qrreduction.vectors.Reduction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged encoders and model folders: a clear error, or a result of the right shape. */
class ExportFuzzTest {
    private static final int MODELS = 20_000;
    /** Files take longer than streams. */
    private static final int FOLDERS = 7_000;

    private static final long SEED = 88;

    private final Random random = new Random(SEED);
    private final Reduction r = Reduction.of(new float[2][ToyEncoder.WIDTH], null, null);

    @TempDir
    private Path folder;

    @Test
    void damagedEncoders() throws IOException {
        byte[] whole = ToyEncoder.model(13).toByteArray();
        int refused = 0;
        for (int i = 0; i < MODELS; i++) {
            byte[] damaged = Damage.of(whole, whole.length, random);
            try {
                ModelProto model = OnnxEncoder.reduced(OnnxEncoder.read(new ByteArrayInputStream(damaged)), r.parts());
                assertThat(ModelProto.parseFrom(model.toByteArray())).isEqualTo(model);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).startsWith("expected ").contains(", got ");
                refused++;
            } catch (IOException | RuntimeException | Error e) {
                fail("seed " + SEED + ", round " + i + ": " + HexFormat.of().formatHex(damaged), e);
            }
        }
        assertThat(refused).isGreaterThan(MODELS / 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"modules.json", "2_Dense/config.json", "2_Dense/model.safetensors"})
    void damagedFolders(String name) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.writeString(
                model.resolve("modules.json"),
                "[{\"idx\":0,\"name\":\"0\",\"path\":\"\",\"type\":\"sentence_transformers.models.Transformer\"},"
                        + "{\"idx\":1,\"name\":\"1\",\"path\":\"1_Normalize\","
                        + "\"type\":\"sentence_transformers.models.Normalize\"}]",
                StandardCharsets.UTF_8);
        DenseFolder.save(r, model);
        byte[] whole = Files.readAllBytes(model.resolve(name));
        int refused = 0;
        for (int i = 0; i < FOLDERS; i++) {
            byte[] damaged = Damage.of(whole, whole.length, random);
            Files.write(model.resolve(name), damaged);
            try {
                Reduction loaded = DenseFolder.load(model);
                assertThat(loaded.nOut()).isEqualTo(2);
                assertThat(loaded.nIn()).isEqualTo(ToyEncoder.WIDTH);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).startsWith(model.toString()).contains("expected ");
                refused++;
            } catch (IOException e) {
                // A path of a module that is none.
                assertThat(e.getMessage()).startsWith(model.toString());
                refused++;
            } catch (RuntimeException | Error e) {
                fail("seed " + SEED + ", round " + i + ": " + HexFormat.of().formatHex(damaged), e);
            }
        }
        assertThat(refused).isGreaterThan(FOLDERS / 20);
    }
}
