package io.github.qrreduction.spark;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.ml.linalg.Vector;
import org.nd4j.linalg.dataset.DataSet;

/** A partition's vectors as batches, each overwritten by the next. */
final class VectorBatches implements Iterator<DataSet>, AutoCloseable {
    private final Iterator<Vector> vectors;
    private final HandleInvalid handleInvalid;
    private final String advice;
    private long row;
    private Vector ahead;
    private int size;
    private VectorBlock block;

    /**
     * Batches of the good vectors.
     *
     * @param size of each vector; negative where the first one that is not null says it
     * @param handleInvalid ERROR, or anything else to leave bad vectors out
     * @param advice for the end of the error's message
     */
    VectorBatches(Iterator<Vector> vectors, int size, HandleInvalid handleInvalid, String advice) {
        this.vectors = vectors;
        this.size = size;
        this.handleInvalid = handleInvalid;
        this.advice = advice;
        advance();
    }

    private void advance() {
        ahead = null;
        while (ahead == null && vectors.hasNext()) {
            Vector next = vectors.next();
            if (size < 0 && next != null) {
                size = next.size();
            }
            String flaw = VectorBlock.flaw(next, size);
            if (flaw == null) {
                ahead = next;
            } else if (handleInvalid == HandleInvalid.ERROR) {
                throw new IllegalArgumentException("row " + row + ": " + flaw + advice);
            }
            row++;
        }
        if (block == null && ahead != null) {
            MomentsTree.requireFits(size);
            block = new VectorBlock(size);
        }
    }

    @Override
    public boolean hasNext() {
        return ahead != null;
    }

    @Override
    public DataSet next() {
        if (ahead == null) {
            throw new NoSuchElementException();
        }
        do {
            block.add(ahead);
            advance();
        } while (ahead != null && !block.isFull());
        return new DataSet(block.take(), null);
    }

    @Override
    public void close() {
        if (block != null) {
            block.close();
        }
    }
}
