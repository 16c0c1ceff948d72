package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.Components;
import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReconstructionLayer;
import io.github.qrreduction.testutil.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** A baked model is served by a JVM that has no class of this library. */
class BakedModelElsewhereTest {

    private static final String PROGRAM = """
            import java.io.File;
            import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
            import org.nd4j.linalg.api.ndarray.INDArray;
            import org.nd4j.linalg.factory.Nd4j;

            public class Elsewhere {
                public static void main(String[] args) throws Exception {
                    try {
                        Class.forName("io.github.qrreduction.QRReductionLayer");
                        throw new AssertionError("this library must not be here");
                    } catch (ClassNotFoundException expected) {
                        // good
                    }
                    INDArray x = Nd4j.createFromNpyFile(new File(args[1]));
                    INDArray y = MultiLayerNetwork.load(new File(args[0]), true).output(x);
                    Nd4j.writeAsNumpy(y, new File(args[2]));
                }
            }
            """;

    @Test
    void loadsAndPutsOutTheSame(@TempDir Path dir) throws Exception {
        MultiLayerNetwork net = withMse(
                DataType.FLOAT,
                new Adam(0.01),
                reduction(8, 5)
                        .orthonormality(Orthonormality.PARAMETRIZATION)
                        .hasBias(true)
                        .build(),
                new QRReconstructionLayer.Builder().nIn(5).nOut(2).hasBias(true).build());
        INDArray x = Nd4j.rand(DataType.FLOAT, 4, 8);
        net.fit(x, Nd4j.rand(DataType.FLOAT, 4, 5));
        Path model = dir.resolve("baked.zip");
        Path input = dir.resolve("x.npy");
        Path output = dir.resolve("y.npy");
        Components.bake(net).save(model.toFile(), true);
        Nd4j.writeAsNumpy(x, input.toFile());
        Path program = Files.writeString(dir.resolve("Elsewhere.java"), PROGRAM);

        ChildJvm.Result result =
                ChildJvm.with().on(classpathWithoutThisLibrary()).run(program, model, input, output);
        assertThat(result.exitCode()).as(result.printed()).isZero();
        INDArray expected = net.output(x);
        INDArray actual = Nd4j.createFromNpyFile(output.toFile());
        assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThanOrEqualTo(1e-6);
    }

    private static String classpathWithoutThisLibrary() {
        return ChildJvm.classPath(entry -> entry.endsWith(".jar"));
    }
}
