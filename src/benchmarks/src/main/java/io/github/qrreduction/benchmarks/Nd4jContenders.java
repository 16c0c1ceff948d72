package io.github.qrreduction.benchmarks;

import io.github.qrreduction.Orthonormality;
import io.github.qrreduction.QRReductionLayer;
import io.github.qrreduction.internal.runtime.SessionRuns;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.nd4j.linalg.activations.Activation;

/** The contenders that run on ND4J. */
final class Nd4jContenders implements ContenderFactory {

    /** Bare matrix products: the limit. */
    static final String MATMUL = "matmul";

    /** QRReductionLayer in its three modes. */
    static final String FREE = "qr-none";

    static final String RETRACTION = "qr-retraction";
    static final String PARAMETRIZATION = "qr-parametrization";

    /** QRReductionLayer, NONE, its graph run by SameDiff's session instead of by the plan. */
    static final String SESSION = "qr-session";

    /** The same formula as DL4J's documentation would write it: a plain SameDiffLayer under DL4J's own runtime. */
    static final String TEXTBOOK = "textbook";

    /** DL4J's DenseLayer without bias, identity activation. */
    static final String DENSE = "dense";

    @Override
    public Collection<String> names() {
        return List.of(MATMUL, FREE, RETRACTION, PARAMETRIZATION, SESSION, TEXTBOOK, DENSE);
    }

    @Override
    public Contender create(String name, Row row) {
        return switch (name) {
            case MATMUL -> new MatmulContender(row);
            case FREE -> new NetworkContender(row, reduction(row, Orthonormality.NONE));
            case RETRACTION -> new NetworkContender(row, reduction(row, Orthonormality.RETRACTION));
            case PARAMETRIZATION -> new NetworkContender(row, reduction(row, Orthonormality.PARAMETRIZATION));
            case SESSION -> {
                NetworkContender contender = new NetworkContender(row, reduction(row, Orthonormality.NONE));
                SessionRuns.useSessions(contender.layer());
                yield contender;
            }
            case TEXTBOOK -> new NetworkContender(row, new TextbookReduction(row.nIn(), row.nOut()));
            case DENSE ->
                new NetworkContender(
                        row,
                        new DenseLayer.Builder()
                                .nIn(row.nIn())
                                .nOut(row.nOut())
                                .hasBias(false)
                                .activation(Activation.IDENTITY)
                                .build());
            default -> throw new IllegalArgumentException("No contender \"" + name + "\": expected one of " + names());
        };
    }

    private static QRReductionLayer reduction(Row row, Orthonormality mode) {
        return new QRReductionLayer.Builder()
                .nIn(row.nIn())
                .nOut(row.nOut())
                .orthonormality(mode)
                .build();
    }
}
