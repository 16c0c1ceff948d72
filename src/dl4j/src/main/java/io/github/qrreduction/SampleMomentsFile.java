package io.github.qrreduction;

import io.github.qrreduction.vectors.ElementType;
import io.github.qrreduction.vectors.Tensor;
import io.github.qrreduction.vectors.TensorFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * {@link SampleMoments} as a .safetensors file: float64 tensors "shift" [n], "shifted_mean" [n] and "gram"
 * [n (n + 1) / 2], the columns of the lower triangle one after the other, and metadata: what it is, the version, the
 * number of samples, the format of sequences, and a CRC-32 of all this. Moments of no samples have no tensors.
 */
final class SampleMomentsFile {
    private static final String KIND = "sample-moments";
    private static final String VERSION = "1";

    private SampleMomentsFile() {}

    /** What a file says. */
    record Content(long count, double[] shift, double[] shiftedMean, double[][] gram, boolean nwc) {}

    static TensorFile write(Content content) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int n = content.shift.length;
        if (n > 0) {
            double[] triangle = new double[Math.toIntExact(n * (n + 1L) / 2)];
            int at = 0;
            for (double[] column : content.gram) {
                System.arraycopy(column, 0, triangle, at, column.length);
                at += column.length;
            }
            tensors.put("shift", Tensor.of(content.shift, n));
            tensors.put("shifted_mean", Tensor.of(content.shiftedMean, n));
            tensors.put("gram", Tensor.of(triangle, triangle.length));
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("kind", KIND);
        metadata.put("version", VERSION);
        metadata.put("count", Long.toString(content.count));
        metadata.put("format", content.nwc ? "NWC" : "NCW");
        metadata.put("crc32", checksum(tensors, metadata));
        return TensorFile.of(tensors, metadata);
    }

    /** Reads what {@link #write} has made; name is what messages begin with. */
    static Content read(TensorFile file, String name) {
        Map<String, String> metadata = file.metadata();
        require(KIND.equals(metadata.get("kind")), name, "moments of samples, as SampleMoments.save writes them", file);
        require(VERSION.equals(metadata.get("version")), name, "version " + VERSION, metadata.get("version"));
        boolean nwc = "NWC".equals(metadata.get("format"));
        require(nwc || "NCW".equals(metadata.get("format")), name, "format NCW or NWC", metadata.get("format"));
        long count = count(metadata.get("count"), name);
        Map<String, Tensor> tensors = file.tensors();
        String sum = checksum(tensors, metadata);
        require(sum.equals(metadata.get("crc32")), name, "CRC-32 " + metadata.get("crc32"), sum + ": it is damaged");
        if (tensors.isEmpty()) {
            require(count == 0, name, "no samples where there are no tensors", count);
            return new Content(0, new double[0], new double[0], new double[0][], nwc);
        }
        require(count > 0, name, "samples where there are tensors", count);
        double[] shift = vector(tensors, "shift", -1, name);
        int n = shift.length;
        double[] shiftedMean = vector(tensors, "shifted_mean", n, name);
        double[] triangle = vector(tensors, "gram", n * (n + 1L) / 2, name);
        require(tensors.size() == 3, name, "tensors shift, shifted_mean and gram", tensors.keySet());
        double[][] gram = new double[n][];
        int at = 0;
        for (int j = 0; j < n; j++) {
            gram[j] = new double[n - j];
            System.arraycopy(triangle, at, gram[j], 0, n - j);
            require(gram[j][0] >= 0, name, "a sum of squares of at least 0 in column " + j, gram[j][0]);
            at += n - j;
        }
        return new Content(count, shift, shiftedMean, gram, nwc);
    }

    private static long count(String text, String name) {
        try {
            long count = Long.parseLong(String.valueOf(text));
            require(count >= 0, name, "a count of at least 0", text);
            return count;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + "expected a count of samples, got " + text, e);
        }
    }

    /** A float64 vector of a length, or of any where that is negative. */
    private static double[] vector(Map<String, Tensor> tensors, String key, long length, String name) {
        Tensor tensor = tensors.get(key);
        require(tensor != null, name, "a tensor \"" + key + "\"", tensors.keySet());
        boolean fits =
                tensor.type() == ElementType.FLOAT64 && tensor.rank() == 1 && (length < 0 || tensor.count() == length);
        require(fits, name, "\"" + key + "\" as float64 [" + (length < 0 ? "n" : length) + "]", tensor);
        return tensor.doubles();
    }

    private static void require(boolean holds, String name, String expected, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException(name + "expected " + expected + ", got " + actual);
        }
    }

    private static String checksum(Map<String, Tensor> tensors, Map<String, String> metadata) {
        CRC32 crc = new CRC32();
        String said = metadata.get("count") + " " + metadata.get("format");
        crc.update(said.getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.allocate(1 << 13);
        for (Map.Entry<String, Tensor> entry : new TreeMap<>(tensors).entrySet()) {
            if (entry.getValue().type() != ElementType.FLOAT64) {
                continue;
            }
            for (double value : entry.getValue().doubles()) {
                if (!bytes.hasRemaining()) {
                    crc.update(bytes.flip());
                    bytes.clear();
                }
                bytes.putDouble(value);
            }
        }
        crc.update(bytes.flip());
        return Long.toHexString(crc.getValue());
    }
}
