package io.github.qrreduction;

import static io.github.qrreduction.testutil.Close.assertRelativelyClose;
import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.qrreduction.testutil.NpyArrays;
import io.github.qrreduction.testutil.Python;
import io.github.qrreduction.vectors.Reduction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** A state_dict of PyTorch loads to the same numbers, trains on here, and goes back to train on there. */
class PyTorchThereAndBackTest {
    /** float32's rounding of sums over 24 inputs. */
    private static final double ROUNDING = 1e-6;

    @TempDir
    private Path folder;

    @Test
    void theModuleIsTheSameOnBothSides() throws IOException, InterruptedException {
        Python.assumePackage("torch");
        Path theirs = folder.resolve("theirs.safetensors");
        Path ours = folder.resolve("ours.safetensors");
        Path run = folder.resolve("run.npz");
        Python.run("torch_module.py", "train", theirs, run);
        Map<String, INDArray> arrays = NpyArrays.readZip(run);
        INDArray x = arrays.get("x");

        Components loaded = Components.load(theirs);
        assertRelativelyClose("z", loaded.transform(x), arrays.get("z"), ROUNDING);
        assertThat(loaded.metadata()).isEqualTo(Map.of("format", "pt"));
        Reduction light = Reduction.load(theirs);
        assertThat(Components.of(light)).isEqualTo(loaded);

        MultiLayerNetwork net = withMse(DataType.FLOAT, new Sgd(0.05), reduction(24, 5).build());
        loaded.copyTo(net, 0);
        DataSet data = new DataSet(x, arrays.get("y"));
        double before = net.score(data);
        for (int step = 0; step < 10; step++) {
            net.fit(data);
        }
        double after = net.score(data);
        assertThat(after).isLessThan(before);
        Components trained = Components.of(net, 0).withMetadata(Map.of("source", "Java"));
        trained.save(ours);

        Python.run("torch_module.py", "take", ours, run, folder.resolve("back.npz"));
        Map<String, INDArray> back = NpyArrays.readZip(folder.resolve("back.npz"));
        assertRelativelyClose("z", trained.transform(x), back.get("z"), ROUNDING);
        assertThat(back.get("losses").getDouble(1)).isLessThan(back.get("losses").getDouble(0));
    }
}
