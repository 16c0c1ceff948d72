package io.github.qrreduction.examples;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Vectors in Lucene's index of nearest neighbours by cosine, in memory. Its search (HNSW graphs) is approximate; with
 * ten times as many candidates as are wanted, it found all exact neighbours of 2000 words among each other.
 */
final class NeighbourIndex implements AutoCloseable {

    private static final String FIELD = "vector";
    private static final int CANDIDATES = 10;

    private final float[][] vectors;
    private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
    private final DirectoryReader reader;
    private final IndexSearcher searcher;

    NeighbourIndex(INDArray rows) throws IOException {
        vectors = rows.toFloatMatrix();
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
            for (float[] vector : vectors) {
                Document document = new Document();
                document.add(new KnnFloatVectorField(FIELD, vector, VectorSimilarityFunction.COSINE));
                writer.addDocument(document);
            }
            // One graph; and documents are then numbered as the rows are.
            writer.forceMerge(1);
        }
        reader = DirectoryReader.open(directory);
        searcher = new IndexSearcher(reader);
    }

    /** The rows nearest to a row, itself left out, the nearest first. */
    int[] neighbours(int row, int count) throws IOException {
        KnnFloatVectorQuery query = new KnnFloatVectorQuery(FIELD, vectors[row], count * CANDIDATES);
        return Arrays.stream(searcher.search(query, count + 1).scoreDocs)
                .mapToInt((ScoreDoc d) -> d.doc)
                .filter(d -> d != row)
                .limit(count)
                .toArray();
    }

    /** The neighbours of each row. */
    int[][] neighbours(int count) throws IOException {
        int[][] all = new int[vectors.length][];
        for (int row = 0; row < all.length; row++) {
            all[row] = neighbours(row, count);
        }
        return all;
    }

    /** The share of the neighbours in {@code truth} that {@code found} has too. */
    static double recall(int[][] truth, int[][] found) {
        long kept = 0;
        long all = 0;
        for (int row = 0; row < truth.length; row++) {
            int[] of = found[row];
            kept += Arrays.stream(truth[row])
                    .filter(t -> IntStream.of(of).anyMatch(f -> f == t))
                    .count();
            all += truth[row].length;
        }
        return (double) kept / all;
    }

    @Override
    public void close() throws IOException {
        reader.close();
        directory.close();
    }
}
