package io.github.qrreduction;

import io.github.qrreduction.vectors.AtomicFile;
import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.ReductionFile;
import io.github.qrreduction.vectors.Tensor;
import io.github.qrreduction.vectors.TensorFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A reduction as a Dense module of sentence-transformers (Python), at the end of a model's folder or in a folder of its
 * own: {@code config.json} with an identity activation, and {@code model.safetensors} with "linear.weight" (nOut, nIn)
 * and "linear.bias". In float32; a mean becomes the bias {@code b - Q mean}, which costs digits where the mean is large.
 *
 * <p>Saved into a model's folder, one with {@code modules.json}, the module comes last. Where the model ended in a
 * Normalize module, another one follows it, and where the reduction brings vectors to unit length, Normalize comes
 * before or after. A reduction that was saved there before is replaced by one of the same width; one of the width that
 * it gives follows it. The model's own files are not touched, but for {@code modules.json}, which is replaced
 * atomically after all else is there: a killed process leaves the old model or the new one whole.
 *
 * @see <a href="https://sbert.net">Sentence Transformers</a>
 */
public final class DenseFolder {
    private static final String MODULES = "modules.json";
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    /** The metadata of a module that was appended here, and its value where Normalize came with it, before. */
    private static final String MARK = "qr_reduction.module";

    private static final String NORMALIZED = "normalize, dense";
    private static final String PLAIN = "dense";

    private DenseFolder() {}

    /**
     * Saves a reduction as the last module of a model, or alone.
     *
     * @param reduction of the model's width
     * @param folder of a model, with {@code modules.json}; or one that is empty, not there, or holds a Dense module
     * @throws IOException if something cannot be read or written; then the model is as it was
     * @throws IllegalArgumentException if the folder holds something else, if its files are malformed, if the model has
     *     another width, and for unit length without a model; the message names the file
     */
    public static void save(Reduction reduction, Path folder) throws IOException {
        ReductionFile parts = affine(reduction.parts());
        Path index = folder.resolve(MODULES);
        if (!Files.exists(index)) {
            saveAlone(parts, folder);
            return;
        }
        append(parts, folder, DenseModules.read(index));
    }

    private static void append(ReductionFile parts, Path folder, DenseModules old) throws IOException {
        int first = firstOfEarlier(old, folder, parts.matrix().size(1));
        DenseModules modules = old.first(first);
        List<Path> replaced = old.folders(first);
        boolean normalized = modules.endInNormalize();
        boolean before = parts.normalizesBefore() && !normalized;
        List<Path> made = new ArrayList<>();
        try {
            if (before) {
                modules = modules.with(DenseModules.NORMALIZE, made);
            }
            modules = modules.with(DenseModules.DENSE, made);
            write(parts, made.get(made.size() - 1), before ? NORMALIZED : PLAIN);
            if (parts.normalizesAfter() || normalized) {
                modules = modules.with(DenseModules.NORMALIZE, made);
            }
            byte[] json = modules.json();
            AtomicFile.write(folder.resolve(MODULES), out -> out.write(json));
        } catch (IOException | RuntimeException | Error e) {
            made.forEach(DenseFolder::remove);
            throw e;
        }
        replaced.forEach(DenseFolder::remove);
    }

    /** The place of the first module of an earlier reduction that is to be replaced; behind the last where none is. */
    private static int firstOfEarlier(DenseModules modules, Path folder, int nIn) throws IOException {
        int last = modules.lastDense();
        String mark = last >= 0 && modules.onlyNormalizesBehind(last) ? mark(modules.folder(last)) : null;
        if (mark == null) {
            requireWidth(modules, folder, nIn);
            return modules.size();
        }
        DenseConfig earlier = DenseConfig.read(modules.folder(last).resolve(CONFIG));
        if (earlier.nIn() == nIn) {
            return mark.equals(NORMALIZED) && modules.first(last).endInNormalize() ? last - 1 : last;
        }
        if (earlier.nOut() == nIn) {
            return modules.size();
        }
        throw new IllegalArgumentException(folder + ": expected a reduction of width " + earlier.nIn()
                + ", to replace the one that is there, or " + earlier.nOut() + ", to follow it, got nIn = " + nIn);
    }

    private static void saveAlone(ReductionFile parts, Path folder) throws IOException {
        if (parts.normalizesBefore() || parts.normalizesAfter()) {
            throw new IllegalArgumentException(folder + ": expected a model's folder with " + MODULES + ", since unit length is a module of"
                    + " its own, got none");
        }
        Files.createDirectories(folder);
        boolean empty;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            empty = !files.iterator().hasNext();
        }
        if (!empty && !DenseConfig.isOne(folder.resolve(CONFIG))) {
            throw new IllegalArgumentException(folder + ": expected a sentence-transformers model with " + MODULES + ", an empty folder or a"
                    + " Dense module, got something else; SentenceTransformer(folder).save(folder) in Python writes "
                    + MODULES);
        }
        write(parts, folder, null);
    }

    private static void write(ReductionFile parts, Path module, String mark) throws IOException {
        Map<String, String> metadata = new HashMap<>(parts.metadata());
        if (mark != null) {
            metadata.put(MARK, mark);
        }
        ReductionFile.of(parts.matrix(), parts.bias().orElse(null), null)
                .withMetadata(metadata)
                .save(module.resolve(WEIGHTS));
        new DenseConfig(parts.matrix().size(1), parts.matrix().size(0), parts.bias().isPresent())
                .write(module.resolve(CONFIG));
    }

    /** Removes what this class has written, and nothing else. */
    private static void remove(Path module) {
        try {
            if (mark(module) != null) {
                Files.delete(module.resolve(WEIGHTS));
                Files.deleteIfExists(module.resolve(CONFIG));
            }
            Files.deleteIfExists(module);
        } catch (IOException | IllegalArgumentException e) {
            // Somebody keeps more in it, or it cannot be removed: no module names it, so that it takes room, no more.
        }
    }

    /** The mark of a module that was appended here; null for others, which may have their numbers in other files. */
    private static String mark(Path module) throws IOException {
        Path file = module.resolve(WEIGHTS);
        return Files.exists(file) ? TensorFile.load(file).metadata().get(MARK) : null;
    }

    /** Without mean: in float64, rounded once. */
    private static ReductionFile affine(ReductionFile parts) {
        if (parts.mean().isEmpty()) {
            return parts;
        }
        int nOut = parts.matrix().size(0);
        int nIn = parts.matrix().size(1);
        float[] q = parts.matrix().floats();
        float[] mean = parts.mean().get().floats();
        float[] bias = parts.bias().map(Tensor::floats).orElse(new float[nOut]);
        for (int j = 0; j < nOut; j++) {
            double sum = bias[j];
            for (int i = 0; i < nIn; i++) {
                sum -= (double) q[j * nIn + i] * mean[i];
            }
            bias[j] = (float) sum;
        }
        return ReductionFile.of(parts.matrix(), Tensor.of(bias, nOut), null)
                .normalizing(parts.normalizesBefore(), parts.normalizesAfter())
                .withMetadata(parts.metadata());
    }

    /**
     * Loads the last Dense module of a model, or a Dense module that stands alone.
     *
     * @param folder of a model, with {@code modules.json}, or of a Dense module
     * @return the reduction, with unit length before and after where Normalize modules stand beside it
     * @throws IOException if something cannot be read
     * @throws IllegalArgumentException if there is no such module, if its activation is not the identity, if another
     *     module than Normalize follows it, and for malformed files; the message names the file
     */
    public static Reduction load(Path folder) throws IOException {
        Path index = folder.resolve(MODULES);
        if (!Files.exists(index)) {
            return Reduction.of(load(folder, DenseConfig.read(folder.resolve(CONFIG))));
        }
        DenseModules modules = DenseModules.read(index);
        int last = modules.lastDense();
        if (last < 0 || !modules.onlyNormalizesBehind(last)) {
            throw new IllegalArgumentException(index + ": expected a Dense module with nothing but Normalize behind it,"
                    + " got " + modules.types());
        }
        Path module = modules.folder(last);
        return Reduction.of(load(module, DenseConfig.read(module.resolve(CONFIG)))
                .normalizing(modules.first(last).endInNormalize(), modules.endInNormalize()));
    }

    private static ReductionFile load(Path module, DenseConfig config) throws IOException {
        Path file = module.resolve(WEIGHTS);
        ReductionFile parts = ReductionFile.load(file);
        if (parts.matrix().size(0) != config.nOut()
                || parts.matrix().size(1) != config.nIn()
                || parts.bias().isPresent() != config.bias()
                || parts.mean().isPresent()) {
            throw new IllegalArgumentException(file + ": expected what " + CONFIG + " says, " + config + ", got " + parts);
        }
        Map<String, String> metadata = new HashMap<>(parts.metadata());
        metadata.remove(MARK);
        return parts.withMetadata(metadata);
    }

    /** Where the model says its width. */
    private static void requireWidth(DenseModules modules, Path folder, int nIn) throws IOException {
        int last = modules.lastDense();
        int pooling = modules.lastPooling();
        Integer width = null;
        try {
            if (last >= 0) {
                width = DenseConfig.outFeatures(modules.folder(last).resolve(CONFIG));
            } else if (pooling >= 0) {
                width = DenseConfig.poolingWidth(modules.folder(pooling).resolve(CONFIG));
            }
        } catch (NoSuchFileException e) {
            // Then the model is not complete, which is for its reader to say.
        }
        if (width != null && width != nIn) {
            throw new IllegalArgumentException(folder + ": expected a reduction of the model's width " + width + ", got nIn = " + nIn);
        }
    }
}
