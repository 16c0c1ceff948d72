package io.github.qrreduction.testutil;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays that were made once by the script beside them. */
public final class Fixtures {

    private Fixtures() {}

    /** The array {@code src/test/resources/fixtures/<path>.npy}. */
    public static INDArray npy(String path) {
        URL url = Fixtures.class.getResource("/fixtures/" + path + ".npy");
        if (url == null) {
            throw new IllegalArgumentException("no fixture " + path);
        }
        try {
            return Nd4j.createFromNpyFile(new File(url.toURI())).dup('c');
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
