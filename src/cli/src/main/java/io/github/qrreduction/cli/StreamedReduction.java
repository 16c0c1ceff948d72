package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.VectorFile;
import io.github.qrreduction.vectors.VectorWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Vectors from one file into another, in batches: one is read while the one before is reduced, on all cores, and
 * written. At most three batches are in memory.
 */
final class StreamedReduction {

    /** A batch is small enough to stay in the caches of the processor, and large enough to share among threads. */
    private static final int BATCH_NUMBERS = 1 << 16;

    private final Reduction reduction;
    private final Input input;
    private final Output output;
    /** The first one, for the reader of the notes. */
    private String nameWithBlanks;

    StreamedReduction(Reduction reduction, Input input, Output output) {
        this.reduction = reduction;
        this.input = input;
        this.output = output;
    }

    /**
     * Some rows of the file.
     *
     * @param first the number of the first one, from 1 on
     * @param rows the vectors
     * @param names null where the output has none
     */
    private record Batch(long first, float[][] rows, List<String> names) {}

    /**
     * Reduces all.
     *
     * @param vectors just opened
     * @param notes hears what is lost
     */
    void run(VectorFile vectors, Consumer<String> notes) throws IOException {
        ExecutorService writing = Executors.newSingleThreadExecutor();
        try (Ending ending = Ending.guarded();
                VectorWriter writer = ending.open(() -> output.create(reduction.nOut(), vectors.size()));
                Progress progress = Progress.of("apply", vectors.size(), "vectors")) {
            boolean names = vectors.hasNames() && writer.holdsNames();
            try {
                Iterator<float[]> rows = vectors.iterator();
                Future<?> before = CompletableFuture.completedFuture(null);
                Batch batch = read(vectors, rows, 1, names);
                while (batch != null) {
                    Batch current = batch;
                    await(before);
                    before = writing.submit(() -> {
                        write(current, writer);
                        return null;
                    });
                    progress.add(current.rows.length);
                    batch = read(vectors, rows, current.first + current.rows.length, names);
                }
                await(before);
                finish(writer);
            } catch (IOException | IllegalArgumentException e) {
                if (ending.hasBegun()) {
                    throw new CancellationException();
                }
                throw e;
            }
            if (vectors.hasNames() && !names) {
                notes.accept("the names of " + input.name() + " are not in " + output.name()
                        + ", whose format holds none; .vec and .csv do");
            }
            if (nameWithBlanks != null && output.splitsAtBlanks()) {
                notes.accept(output.name() + " has names with blanks, such as \"" + nameWithBlanks
                        + "\"; readers that split at blanks will not read it: use .csv");
            }
        } finally {
            writing.shutdownNow();
        }
    }

    private Batch read(VectorFile vectors, Iterator<float[]> from, long first, boolean named) throws IOException {
        int count = Math.max(1, BATCH_NUMBERS / reduction.nIn());
        List<float[]> rows = new ArrayList<>(count);
        List<String> names = named ? new ArrayList<>(count) : null;
        float[] row;
        while (rows.size() < count && (row = input.next(from)) != null) {
            input.requireFinite(row, first + rows.size());
            rows.add(row);
            if (named) {
                names.add(vectors.name());
                if (nameWithBlanks == null && vectors.name().matches(".*[ \\t].*")) {
                    nameWithBlanks = vectors.name();
                }
            }
        }
        return rows.isEmpty() ? null : new Batch(first, rows.toArray(new float[0][]), names);
    }

    private void write(Batch batch, VectorWriter writer) throws IOException {
        float[][] reduced = reduction.apply(batch.rows);
        try {
            for (int i = 0; i < reduced.length; i++) {
                writer.write(batch.names == null ? null : batch.names.get(i), reduced[i]);
            }
        } catch (IllegalArgumentException e) {
            throw output.named(e);
        } catch (IOException e) {
            throw output.named(e);
        }
    }

    private void finish(VectorWriter writer) throws IOException {
        try {
            writer.finish();
        } catch (IOException e) {
            throw output.named(e);
        }
    }

    private static void await(Future<?> written) throws IOException {
        try {
            written.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e);
        }
    }
}
