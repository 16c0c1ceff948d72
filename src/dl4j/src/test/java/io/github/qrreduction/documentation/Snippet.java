package io.github.qrreduction.documentation;

import io.github.qrreduction.testutil.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of Java code in a page, below a comment that names it. Further lines of the comment run before the block:
 * they make what the reader has at hand already. A block of text right after it, or after one line of words, is what it
 * prints.
 *
 * @param page where it stands
 * @param name by which the comment calls it
 * @param before code that runs first
 * @param code as the reader sees it
 * @param printed what the page says that it prints; empty where the page says nothing
 */
record Snippet(Page page, String name, String before, String code, String printed) {

    private static final Pattern BLOCK = Pattern.compile(
            "<!-- snippet: ([\\w-]+)((?:(?!-->).)*)-->\\s*```java\\R(.*?)```" + "(?:\\s*?\\R\\R *```text\\R(.*?)```)?",
            Pattern.DOTALL);

    private static final Pattern CLASS = Pattern.compile("public class (\\w+)");
    private static final Pattern FILE = Pattern.compile("(Path\\.of|new File)\\(\"([^\"]+)\"\\)");

    /** What the first snippets of vectors.md and networks.md import, and their like. */
    private static final String IMPORTS = """
            import io.github.qrreduction.*;
            import io.github.qrreduction.loss.*;
            import io.github.qrreduction.vectors.*;
            import java.io.File;
            import java.nio.file.Path;
            import java.util.*;
            import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
            import org.deeplearning4j.nn.conf.*;
            import org.deeplearning4j.nn.conf.inputs.InputType;
            import org.deeplearning4j.nn.conf.layers.*;
            import org.deeplearning4j.nn.graph.ComputationGraph;
            import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
            import org.deeplearning4j.nn.transferlearning.*;
            import org.nd4j.linalg.activations.Activation;
            import org.nd4j.linalg.api.buffer.DataType;
            import org.nd4j.linalg.api.ndarray.INDArray;
            import org.nd4j.linalg.dataset.DataSet;
            import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
            import org.nd4j.linalg.factory.Nd4j;
            import org.nd4j.linalg.indexing.NDArrayIndex;
            import org.nd4j.linalg.learning.config.*;
            import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
            """;

    static List<Snippet> in(Page page) {
        List<Snippet> found = new ArrayList<>();
        Matcher m = BLOCK.matcher(page.text());
        while (m.find()) {
            String printed = m.group(4) == null ? "" : m.group(4).stripIndent();
            found.add(new Snippet(page, m.group(1), m.group(2), m.group(3), printed));
        }
        return found;
    }

    String className() {
        Matcher m = CLASS.matcher(code);
        return m.find() ? m.group(1) : "Snippet";
    }

    /**
     * A program: the block itself where it is a class, else a class round it.
     *
     * @param folder for files that the repository does not have
     */
    String program(Path folder) {
        String program = CLASS.matcher(code).find()
                ? code
                : IMPORTS + "public class Snippet { public static void main(String[] args) throws Exception {" + before
                        + "\n" + code + "\n}}";
        return FILE.matcher(program).replaceAll(call -> {
            Path file = Repository.path(call.group(2));
            Path there = Files.exists(file) ? file : folder.resolve(call.group(2));
            return Matcher.quoteReplacement(
                    call.group(1) + "(\"" + there.toString().replace("\\", "\\\\") + "\")");
        });
    }

    @Override
    public String toString() {
        return page + ", " + name;
    }
}
