package io.github.qrreduction.spark;

import io.github.qrreduction.SampleMoments;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Moments of each partition, merged over a tree of tasks. As RDD.treeAggregate does, but in a fixed order, where Spark
 * merges what comes first: a sum of floating point numbers depends on their order.
 */
final class MomentsTree {
    /**
     * The largest n whose triangle of n (n + 1) / 2 float64 numbers is below 2 GiB, which is what a block of Spark's,
     * as a Java array, can carry.
     */
    static final int MAX_COLUMNS = 23169;
    /** Moments that one task merges: the number of triangles that it must hold. */
    private static final int FAN_IN = 4;

    /** The pass over one partition. */
    @FunctionalInterface
    interface Pass<T> extends Serializable {
        SampleMoments of(Iterator<T> partition);
    }

    private MomentsTree() {}

    /**
     * Sums all partitions.
     *
     * @param where the data come from, as errors begin, or nothing
     */
    static <T> SampleMoments reduce(JavaRDD<T> data, String where, Pass<T> pass) {
        JavaPairRDD<Integer, SampleMoments> level = data.mapPartitionsToPair(partition -> {
            int index = TaskContext.getPartitionId();
            try {
                return one(index, pass.of(partition));
            } catch (IllegalArgumentException e) {
                throw named(where + "partition " + index + ", ", e);
            }
        });
        for (int n = level.getNumPartitions(); n > 1; n = groups(n)) {
            level = level.repartitionAndSortWithinPartitions(new Groups(groups(n)))
                    .mapPartitionsToPair(group -> {
                        SampleMoments merged = group.next()._2();
                        try {
                            group.forEachRemaining(next -> merged.merge(next._2()));
                        } catch (IllegalArgumentException e) {
                            throw named(where, e);
                        }
                        return one(TaskContext.getPartitionId(), merged);
                    });
        }
        List<Tuple2<Integer, SampleMoments>> root = level.collect();
        if (root.isEmpty()) {
            throw new IllegalArgumentException("expected data, got an RDD without partitions");
        }
        return root.get(0)._2();
    }

    /** Without a cause: whatever looks for the root of a SparkException finds the whole message. */
    private static IllegalArgumentException named(String where, IllegalArgumentException e) {
        IllegalArgumentException named = new IllegalArgumentException(where + e.getMessage());
        named.setStackTrace(e.getStackTrace());
        return named;
    }

    /** Before any memory is asked for. */
    static void requireFits(long columns) {
        if (columns > MAX_COLUMNS) {
            throw new IllegalArgumentException("expected at most " + MAX_COLUMNS + " columns, whose Gram matrix (the "
                    + "lower triangle in float64) is below the 2 GiB that Spark can send as one, got " + columns);
        }
    }

    private static int groups(int parts) {
        return (parts + FAN_IN - 1) / FAN_IN;
    }

    private static Iterator<Tuple2<Integer, SampleMoments>> one(int index, SampleMoments moments) {
        return List.of(new Tuple2<>(index, moments)).iterator();
    }

    /** Neighbours go together. */
    private static final class Groups extends Partitioner {
        private static final long serialVersionUID = 1L;
        private final int number;

        Groups(int number) {
            this.number = number;
        }

        @Override
        public int numPartitions() {
            return number;
        }

        @Override
        public int getPartition(Object key) {
            return (Integer) key / FAN_IN;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Groups other && number == other.number;
        }

        @Override
        public int hashCode() {
            return number;
        }
    }
}
