package io.github.qrreduction.testutil;

import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;

/** Batches as they are: DL4J's own iterator over a list puts them together anew. */
public final class Batches extends ListDataSetIterator<DataSet> {

    private static final long serialVersionUID = 1L;

    private final List<DataSet> batches;
    private int at;

    public Batches(List<DataSet> batches) {
        super(batches, 1);
        this.batches = batches;
    }

    @Override
    public synchronized boolean hasNext() {
        return at < batches.size();
    }

    @Override
    public synchronized DataSet next() {
        return batches.get(at++);
    }

    @Override
    public synchronized void reset() {
        at = 0;
    }
}
