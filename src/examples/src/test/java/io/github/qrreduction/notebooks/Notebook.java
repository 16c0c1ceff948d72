package io.github.qrreduction.notebooks;

import io.github.qrreduction.testutil.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * A Jupyter notebook, format 4.
 *
 * @param name of the file
 * @param kernel name of the kernelspec
 * @param codeCells in order
 */
record Notebook(String name, String kernel, List<CodeCell> codeCells) {

    /**
     * A cell of code with what a kernel has put out.
     *
     * @param id the cell's
     * @param source the code, lines ending in \n
     * @param executionCount as committed, 0 for none
     * @param outputs as committed
     */
    record CodeCell(String id, String source, int executionCount, List<JsonNode> outputs) {

        /** The outputs that are pictures, in Base64. */
        List<String> pictures() {
            return outputs.stream()
                    .map(o -> o.path("data").path("image/png"))
                    .filter(png -> !png.isMissingNode())
                    .map(Notebook::text)
                    .toList();
        }
    }

    /** All notebooks of the repository. */
    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Repository.path("notebooks"))) {
            return files.filter(f -> f.toString().endsWith(".ipynb")).sorted().toList();
        }
    }

    static Notebook read(Path file) throws IOException {
        return parse(file.getFileName().toString(), Files.readString(file));
    }

    static Notebook parse(String name, String json) throws IOException {
        JsonNode root = new ObjectMapper().readTree(json);
        List<CodeCell> cells = new ArrayList<>();
        for (JsonNode cell : root.path("cells")) {
            if (cell.path("cell_type").asText().equals("code")) {
                cells.add(new CodeCell(
                        cell.path("id").asText(),
                        text(cell.path("source")),
                        cell.path("execution_count").asInt(0),
                        StreamSupport.stream(cell.path("outputs").spliterator(), false)
                                .toList()));
            }
        }
        return new Notebook(
                name, root.path("metadata").path("kernelspec").path("name").asText(), cells);
    }

    /** A text, which the format allows to be a list of lines. */
    static String text(JsonNode node) {
        return node.isArray()
                ? StreamSupport.stream(node.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining())
                : node.asText();
    }
}
