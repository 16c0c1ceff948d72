package io.github.qrreduction.spark;

import io.github.qrreduction.Components;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Appends the reduced vector to each row of a partition, a batch of rows at a time. */
final class BatchTransform implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<ComponentsForm> form;
    private final int index;
    private final String column;
    private final HandleInvalid handleInvalid;

    BatchTransform(Broadcast<ComponentsForm> form, int index, String column, HandleInvalid handleInvalid) {
        this.form = form;
        this.index = index;
        this.column = column;
        this.handleInvalid = handleInvalid;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        Batches batches = new Batches(rows);
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> batches.close());
        return batches;
    }

    private final class Batches implements Iterator<Row>, AutoCloseable {
        private final Iterator<Row> rows;
        private final Components components;
        private final int nIn;
        private final int nOut;
        private final VectorBlock block;
        /** The rows of the batch, and whether the vector of each is in the block. */
        private final List<Row> batch = new ArrayList<>();

        private final List<Boolean> good = new ArrayList<>();
        private Iterator<Row> ready = List.<Row>of().iterator();
        private long row;

        Batches(Iterator<Row> rows) {
            this.rows = rows;
            components = form.value().exact();
            nIn = form.value().nIn();
            nOut = form.value().nOut();
            block = new VectorBlock(nIn);
        }

        @Override
        public boolean hasNext() {
            while (!ready.hasNext() && rows.hasNext()) {
                ready = reduce(gather());
            }
            if (!ready.hasNext()) {
                close();
            }
            return ready.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.next();
        }

        /** Fills a batch, and gives the number of good vectors in it. */
        private int gather() {
            int filled = 0;
            batch.clear();
            good.clear();
            while (rows.hasNext() && batch.size() < block.capacity()) {
                Row next = rows.next();
                Vector vector = next.getAs(index);
                String flaw = VectorBlock.flaw(vector, nIn);
                if (flaw == null) {
                    block.add(vector);
                    filled++;
                } else if (handleInvalid == HandleInvalid.ERROR) {
                    throw new IllegalArgumentException("column \"" + column + "\", partition "
                            + TaskContext.getPartitionId() + ", row " + row + ": " + flaw + HandleInvalid.ADVICE);
                }
                if (flaw == null || handleInvalid == HandleInvalid.KEEP) {
                    batch.add(next);
                    good.add(flaw == null);
                }
                row++;
            }
            return filled;
        }

        private Iterator<Row> reduce(int filled) {
            List<Row> reduced = new ArrayList<>(batch.size());
            INDArray z = filled > 0 ? components.transform(block.take()) : null;
            DoubleBuffer values = z == null ? null : z.data().asNioDouble();
            int from = 0;
            for (int i = 0; i < batch.size(); i++) {
                double[] out = new double[nOut];
                if (good.get(i)) {
                    values.get(from, out);
                    from += nOut;
                } else {
                    Arrays.fill(out, Double.NaN);
                }
                reduced.add(append(batch.get(i), Vectors.dense(out)));
            }
            if (z != null) {
                z.close();
            }
            return reduced.iterator();
        }

        private Row append(Row in, Vector z) {
            Object[] cells = new Object[in.length() + 1];
            for (int i = 0; i < in.length(); i++) {
                cells[i] = in.get(i);
            }
            cells[in.length()] = z;
            return RowFactory.create(cells);
        }

        @Override
        public void close() {
            block.close();
        }
    }
}
