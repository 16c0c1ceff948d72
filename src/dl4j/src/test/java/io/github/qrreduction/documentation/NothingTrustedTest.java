package io.github.qrreduction.documentation;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.testutil.ChildJvm;
import io.github.qrreduction.testutil.Damage;
import io.github.qrreduction.testutil.Repository;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** What SECURITY.md says, where it can be tested. */
class NothingTrustedTest {

    /** Ways to run what a file says, to reach the network, or to write where a file says. */
    private static final Pattern TRUSTING =
            Pattern.compile("\\b(ObjectInputStream|readObject|readUnshared|Class\\.forName"
                    + "|loadClass|ClassLoader|XMLDecoder|ScriptEngine|ProcessBuilder"
                    + "|Runtime\\.getRuntime\\(\\)\\.(?:exec|load)"
                    + "|java\\.net|Socket|URL"
                    + "|enableDefaultTyping|activateDefaultTyping|ObjectMapper"
                    + "|DefaultParamsReadable|MethodHandles|setAccessible|System\\.load)\\b");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "src/vectors/src/main/java",
                "src/dl4j/src/main/java",
                "src/cli/src/main/java",
                "src/spark/src/main/java"
            })
    void theSourcesHoldNothingThatRunsWhatAFileSays(String root) throws IOException {
        try (Stream<Path> sources = Files.walk(Repository.path(root))) {
            List<Path> java =
                    sources.filter(p -> p.toString().endsWith(".java")).toList();
            assertThat(java).hasSizeGreaterThan(10);
            for (Path source : java) {
                String code = Files.readString(source).replaceAll("(?s)/\\*.*?\\*/|//[^\n]*", "");
                assertThat(TRUSTING.matcher(code).results().map(m -> m.group()).toList())
                        .as(source.toString())
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil.npy",
                "../../evil.npy",
                "/tmp/evil.npy",
                "..\\evil.npy",
                "components.npy/../bias.npy",
                "./components.npy",
                "COMPONENTS.npy",
                "components.npy\0.txt",
                "objects/evil"
            })
    void aNameInAZipIsNoPath(String name) throws IOException {
        Path plain = folder.resolve("plain.npz");
        Components.of(Nd4j.ones(2, 3)).save(plain);
        Map<String, byte[]> entries = new LinkedHashMap<>(Damage.entries(Files.readAllBytes(plain)));
        entries.put(name, entries.get("components.npy"));
        Path file = Files.write(Files.createDirectory(folder.resolve("sub")).resolve("q.npz"), Damage.zip(entries));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.load(file))
                .withMessageStartingWith(file + ": expected ")
                .withMessageMatching(
                        "(?s).*: expected (the entries components.npy and, if any, bias.npy, mean.npy|entries"
                                + " that end in .npy), got \\[.*");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("plain.npz", "sub");
        assertThat(file.getParent().toFile().list()).containsExactly("q.npz");
    }

    /** A zip that inflates to far more than it is: refused for its shape, without its content in memory. */
    @Test
    void aZipThatInflatesIsCountedNotKept() throws IOException {
        Path plain = folder.resolve("plain.npz");
        Components.of(Nd4j.ones(2, 3)).save(plain);
        byte[] small = Damage.entries(Files.readAllBytes(plain)).get("components.npy");
        byte[] large = java.util.Arrays.copyOf(small, 200_000_000);
        Path file = Files.write(folder.resolve("bomb.npz"), Damage.zip(Map.of("components.npy", large)));
        assertThat(Files.size(file)).isLessThan(300_000);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Components.load(file))
                .withMessage(file + ": components.npy: expected 24 bytes of values for shape [2, 3] of FLOAT32, got "
                        + (large.length - 128));
    }

    @Test
    void savingTouchesNothingBesideTheTarget() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Components c = Components.of(Nd4j.ones(2, 3));
        c.save(inside.resolve("../inside/./q.npy"));
        assertThat(inside.toFile().list()).containsExactly("q.npy");
        assertThat(folder.toFile().list()).containsExactly("inside");
    }

    /** The advice of SECURITY.md works: networks load, and what Java serialization would bring along does not. */
    @Test
    void aSerialFilterStopsWhatDl4jWouldDeserialize() throws Exception {
        MultiLayerNetwork net = withMse(
                DataType.FLOAT,
                new Adam(0.1),
                reduction(5, 2).orthonormality(Orthonormality.RETRACTION).build());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        Path good = Files.write(folder.resolve("good.zip"), bytes.toByteArray());
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(object)) {
            out.writeObject(new ImagePreProcessingScaler());
        }
        Map<String, byte[]> entries = new LinkedHashMap<>(Damage.entries(bytes.toByteArray()));
        entries.put(ModelSerializer.PREPROCESSOR_BIN, object.toByteArray());
        Path evil = Files.write(folder.resolve("evil.zip"), Damage.zip(entries));
        // Without a filter the object is made, although nobody has asked for it.
        ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(Files.readAllBytes(evil)), true);

        String said = ChildJvm.with("-Djdk.serialFilter=!*", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off")
                .run(Loading.class, good, evil)
                .printed();
        assertThat(said)
                .contains("good.zip: loaded, 10 parameters")
                .contains("evil.zip: java.io.InvalidClassException: filter status: REJECTED");
    }

    /** Loads models, and says how it went. */
    static final class Loading {
        private Loading() {}

        public static void main(String[] files) {
            for (String file : files) {
                String name = Path.of(file).getFileName() + ": ";
                try {
                    System.out.println(name + "loaded, "
                            + ModelSerializer.restoreMultiLayerNetwork(file, true)
                                    .numParams() + " parameters");
                } catch (Exception e) {
                    System.out.println(name + e);
                }
            }
        }
    }
}
