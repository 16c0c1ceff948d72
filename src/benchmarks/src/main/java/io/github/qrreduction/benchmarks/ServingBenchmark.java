package io.github.qrreduction.benchmarks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import io.github.qrreduction.Components;
import io.github.qrreduction.vectors.Reduction;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reducing one vector, and {@value #ROWS}: {@link Reduction} beside a plain loop, {@link Components} and PyTorch's
 * linear. Times are those of a call; with {@code -prof gc} JMH says what a call allocates.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ServingBenchmark {
    private static final int ROWS = 1024;
    private static final long SEED = 18;

    /** nIn x nOut. */
    @Param({"384x64", "768x64", "1536x256", "3072x256"})
    public String size;

    private float[][] q;
    private float[][] rows;
    private float[] z;
    private Reduction reduction;
    private Components components;
    private INDArray array;
    private NDManager manager;
    private NDArray weight;
    private NDArray one;
    private NDArray many;

    /** The same numbers for all. */
    @Setup
    public void setUp() {
        String[] parts = size.split("x", -1);
        int nIn = Integer.parseInt(parts[0]);
        int nOut = Integer.parseInt(parts[1]);
        Random random = new Random(SEED);
        q = normal(nOut, nIn, random);
        rows = normal(ROWS, nIn, random);
        z = new float[nOut];
        reduction = Reduction.of(q, null, null);
        components = Components.of(Nd4j.createFromArray(q));
        array = Nd4j.createFromArray(rows);
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        weight = manager.create(q);
        one = manager.create(rows[0]).reshape(new Shape(1, nIn));
        many = manager.create(rows);
    }

    private static float[][] normal(int rows, int columns, Random random) {
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return values;
    }

    /** Gives PyTorch's memory back. */
    @TearDown
    public void tearDown() {
        manager.close();
    }

    /** Into an array that is there. */
    @Benchmark
    public float[] oneReduction() {
        reduction.apply(rows[0], z);
        return z;
    }

    /** One dot product a component, as one writes it. */
    @Benchmark
    public float[] onePlainLoop() {
        float[] x = rows[0];
        for (int j = 0; j < z.length; j++) {
            float[] row = q[j];
            float sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += x[i] * row[i];
            }
            z[j] = sum;
        }
        return z;
    }

    /** Sums in float64, without ND4J. */
    @Benchmark
    public float[] oneComponents() {
        return components.transform(rows[0]);
    }

    /** PyTorch by DJL. */
    @Benchmark
    public long oneTorch() {
        return linear(one);
    }

    /** All cores. */
    @Benchmark
    public float[][] rowsReduction() {
        return reduction.apply(rows);
    }

    /** One product of ND4J. */
    @Benchmark
    public INDArray rowsComponents() {
        return components.transform(array);
    }

    /** PyTorch by DJL. */
    @Benchmark
    public long rowsTorch() {
        return linear(many);
    }

    private long linear(NDArray x) {
        try (NDArray result = Linear.linear(x, weight).singletonOrThrow()) {
            return result.size();
        }
    }
}
