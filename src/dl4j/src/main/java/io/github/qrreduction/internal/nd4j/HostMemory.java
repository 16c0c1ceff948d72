package io.github.qrreduction.internal.nd4j;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays as JDK buffers: copies of small matrices at the JDK's speed, where the arrays are in this memory only. */
public final class HostMemory {

    /** Elsewhere a write would have to be told to the device, which a JDK buffer does not do. */
    private static final boolean ONLY = Nd4j.getEnvironment().isCPU();

    private HostMemory() {}

    /**
     * Whether all of an array may be read and written as a JDK buffer.
     *
     * @param array FLOAT or DOUBLE
     * @return false on other backends than the processor's, and beyond the reach of a JDK buffer
     */
    public static boolean reaches(INDArray array) {
        return ONLY && array.data().offset() + array.length() < Integer.MAX_VALUE / Double.BYTES;
    }

    /**
     * Writes a whole new array, in the order in which it lies.
     *
     * @param array FLOAT or DOUBLE, not a view
     * @param values one for each of its entries
     */
    public static void write(INDArray array, double[] values) {
        DataBuffer data = array.data();
        if (!ONLY) {
            data.setData(values);
        } else if (array.dataType() == DataType.DOUBLE) {
            data.asNioDouble().put(values);
        } else {
            float[] rounded = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                rounded[i] = (float) values[i];
            }
            data.asNioFloat().put(rounded);
        }
    }
}
