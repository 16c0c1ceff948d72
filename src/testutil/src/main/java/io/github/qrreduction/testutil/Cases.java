package io.github.qrreduction.testutil;

import java.util.Arrays;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Random cases of a property. A failure names its seed; {@code -Dcases.seed=N} on Maven's command line
 * repeats it, and another seed asks other cases.
 */
public final class Cases {

    private static final long SEED = Long.getLong("cases.seed", 20261124L);

    private final Random random;

    private Cases(long seed) {
        random = new Random(seed);
    }

    /** What holds in every case. */
    public interface Property {
        void check(Cases draw) throws Exception;
    }

    /** Checks a property in a number of cases, each with a seed of its own. */
    public static void check(String name, int count, Property property) {
        System.out.println(name + ": " + count + " cases from seed " + SEED);
        for (int i = 0; i < count; i++) {
            long seed = SEED + i;
            try {
                property.check(new Cases(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError(name + " fails with cases.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /** A number from low to high, both included; small ones and the ends more often. */
    public int size(int low, int high) {
        return switch (random.nextInt(4)) {
            case 0 -> low;
            case 1 -> high;
            default -> low + random.nextInt(high - low + 1);
        };
    }

    public boolean coin() {
        return random.nextBoolean();
    }

    @SafeVarargs
    public final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Normal numbers, in an array of some order, plain or a view of a larger one. */
    public INDArray normal(DataType type, long... shape) {
        INDArray plain = Nd4j.create(DataType.DOUBLE, shape, 'c');
        INDArray flat = plain.reshape(plain.length());
        for (long i = 0; i < flat.length(); i++) {
            flat.putScalar(i, random.nextGaussian());
        }
        return disguised(plain.castTo(type));
    }

    /** The same values, laid out in memory in one of many ways. */
    public INDArray disguised(INDArray plain) {
        return switch (random.nextInt(4)) {
            case 0 -> plain.dup('c');
            case 1 -> plain.dup('f');
            case 2 -> insideOfALarger(plain);
            default -> withDimensionsSwapped(plain);
        };
    }

    /** A view, with foreign numbers around. */
    private INDArray insideOfALarger(INDArray plain) {
        long[] larger = plain.shape().clone();
        INDArrayIndex[] inside = new INDArrayIndex[larger.length];
        for (int d = 0; d < larger.length; d++) {
            int before = random.nextInt(3);
            inside[d] = NDArrayIndex.interval(before, before + larger[d]);
            larger[d] += before + random.nextInt(3);
        }
        INDArray around =
                Nd4j.create(plain.dataType(), larger, coin() ? 'c' : 'f').assign(1e3);
        INDArray view = around.get(inside);
        // ND4J's get gives an empty array for some views.
        return Arrays.equals(view.shape(), plain.shape()) ? view.assign(plain) : plain.dup('c');
    }

    /** The last two dimensions change places in memory. */
    private static INDArray withDimensionsSwapped(INDArray plain) {
        int rank = plain.rank();
        int[] swapped = new int[rank];
        for (int d = 0; d < rank; d++) {
            swapped[d] = d;
        }
        if (rank > 1) {
            swapped[rank - 1] = rank - 2;
            swapped[rank - 2] = rank - 1;
        }
        return plain.permute(swapped).dup('c').permute(swapped);
    }

    /** What rounding explains in products of some dozen terms. */
    public static double rounding(DataType type) {
        return switch (type) {
            case DOUBLE -> 1e-11;
            case FLOAT -> 1e-4;
            default -> 5e-2;
        };
    }
}
