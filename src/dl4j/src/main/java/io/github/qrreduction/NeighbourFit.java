package io.github.qrreduction;

import io.github.qrreduction.NeighbourTraining.Result;
import io.github.qrreduction.NeighbourTraining.Vectors;
import io.github.qrreduction.internal.nd4j.Products;
import io.github.qrreduction.internal.nd4j.RowRange;
import io.github.qrreduction.internal.similarity.Neighbourhoods;
import io.github.qrreduction.internal.similarity.UnitRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One fit of {@link NeighbourComponents}: the start, the training, and the turn for the prefixes. */
final class NeighbourFit {
    /** What a prefix counts beside the whole size while that is trained. More costs the whole size recall. */
    private static final double PREFIX_WEIGHT = 0.1;
    /** The turn's learning rate, of the training's: it has no whole size to leave in place. */
    private static final double TURN_RATE = 2;
    /** The originals' temperature, in standard deviations of their cosines. */
    private static final double TEMPERATURE = 0.5;
    /** Cosines in float32 differ by 1e-7 of rounding. */
    private static final double LOWEST_TEMPERATURE = 1e-4;
    /** Rows that are compared with each other to find temperatures. */
    private static final int MOST_COMPARED = 1000;

    /** @param temperature 0 for one of the data's own */
    record Settings(int steps, int batchSize, double temperature, double learningRate, long seed, int[] prefixes) {
        Settings faster(double factor) {
            return new Settings(steps, batchSize, temperature, factor * learningRate, seed, prefixes);
        }
    }

    private final NeighbourVectors vectors;
    private final Settings settings;
    private final NeighbourListener listener;
    private final double temperature;
    private final INDArray some;
    private final Neighbourhoods neighbourhoods;

    NeighbourFit(NeighbourVectors vectors, Settings settings, NeighbourListener listener) {
        this.vectors = vectors;
        this.settings = settings;
        this.listener = listener;
        some = RowRange.of(
                vectors.training(),
                0,
                Math.min(MOST_COMPARED, vectors.training().rows()));
        temperature = settings.temperature() > 0 ? settings.temperature() : temperature(some);
        neighbourhoods = new Neighbourhoods(some, temperature);
    }

    Components run(int k) {
        INDArray start = principal(vectors.training(), k);
        Vectors training = new Vectors(vectors.training(), vectors.training());
        Vectors heldOut = new Vectors(vectors.heldOut(), vectors.heldOut());
        NeighbourObjective objective = objective(Products.of(some, start, true), PREFIX_WEIGHT, true);
        // All nIn components keep every cosine as it is.
        boolean whole = k == training.inputs().columns();
        Result trained = whole && settings.prefixes().length == 0
                ? new Result(start, objective, 0, 0, 0)
                : new NeighbourTraining(settings, objective, listener, 0).run(training, heldOut, start);
        INDArray q = trained.step() == 0 ? principal(vectors.together(), k) : trained.matrix();
        if (settings.prefixes().length > 0) {
            q = turned(q, training, heldOut);
        }
        return Components.of(q).withMetadata(metadata(trained));
    }

    /** Other orthonormal rows of the same subspace: whole reductions keep their cosines, prefixes get better. */
    private INDArray turned(INDArray q, Vectors training, Vectors heldOut) {
        INDArray reduced = Products.of(some, q, true);
        INDArray identity = Nd4j.eye(q.rows()).castTo(DataType.FLOAT);
        Result turn = new NeighbourTraining(
                        settings.faster(TURN_RATE), objective(reduced, 1, false), listener, settings.steps())
                .run(
                        new Vectors(Products.of(training.inputs(), q, true), training.originals()),
                        new Vectors(Products.of(heldOut.inputs(), q, true), heldOut.originals()),
                        identity);
        return turn.step() == 0 ? q : Products.of(turn.matrix(), q, false);
    }

    private NeighbourObjective objective(INDArray reduced, double prefixWeight, boolean whole) {
        List<NeighbourObjective.Part> parts = new ArrayList<>();
        for (int size : settings.prefixes()) {
            parts.add(part(reduced, size, prefixWeight));
        }
        if (whole) {
            parts.add(part(reduced, (int) reduced.size(1), 1));
        }
        return new NeighbourObjective(temperature, parts);
    }

    private NeighbourObjective.Part part(INDArray reduced, int size, double weight) {
        INDArray first = new NeighbourObjective.Part(size, temperature, weight).of(reduced);
        return new NeighbourObjective.Part(
                size, NeighbourObjective.temperatureOf(first, neighbourhoods, temperature), weight);
    }

    /** By the spread of the cosines of all pairs. */
    private static double temperature(INDArray rows) {
        INDArray unit = new UnitRows(rows).unit();
        INDArray cosines = Products.of(unit, unit, true);
        double n = rows.rows();
        double pairs = n * (n - 1);
        double mean = (cosines.sumNumber().doubleValue() - n) / pairs;
        double square = cosines.subi(mean).norm2Number().doubleValue();
        double variance = (square * square - n * (1 - mean) * (1 - mean)) / pairs;
        return Math.max(TEMPERATURE * Math.sqrt(Math.max(0, variance)), LOWEST_TEMPERATURE);
    }

    private static INDArray principal(INDArray rows, int k) {
        return PrincipalComponents.fitter()
                .centred(false)
                .fit(rows, k)
                .components()
                .matrix()
                .castTo(DataType.FLOAT);
    }

    private Map<String, String> metadata(Result trained) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("method", "neighbours");
        metadata.put("steps", Integer.toString(settings.steps()));
        metadata.put("bestStep", Integer.toString(trained.step()));
        metadata.put("batchSize", Integer.toString(settings.batchSize()));
        metadata.put("learningRate", Double.toString(settings.learningRate()));
        metadata.put("temperature", Double.toString(temperature));
        metadata.put("reducedTemperature", Double.toString(trained.objective().lastTemperature()));
        metadata.put("seed", Long.toString(settings.seed()));
        metadata.put("vectors", Long.toString(vectors.all()));
        metadata.put("trainedOn", Integer.toString(vectors.training().rows()));
        metadata.put("heldOut", Integer.toString(vectors.heldOut().rows()));
        metadata.put("startLoss", Double.toString(trained.startLoss()));
        metadata.put("loss", Double.toString(trained.loss()));
        if (settings.prefixes().length > 0) {
            String list = Arrays.toString(settings.prefixes());
            metadata.put("prefixes", list.substring(1, list.length() - 1));
        }
        return metadata;
    }
}
