package io.github.qrreduction.benchmarks.pytorch;

import io.github.qrreduction.benchmarks.Contender;
import io.github.qrreduction.benchmarks.ContenderFactory;
import io.github.qrreduction.benchmarks.Row;
import java.util.Collection;
import java.util.List;

/** Adds PyTorch, through Deep Java Library. */
public final class PyTorchContenders implements ContenderFactory {

    @Override
    public Collection<String> names() {
        return List.of("pytorch");
    }

    @Override
    public Contender create(String name, Row row) {
        return new PyTorchContender(row);
    }
}
