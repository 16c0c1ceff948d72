package io.github.qrreduction.notebooks;

import io.github.qrreduction.notebooks.Notebook.CodeCell;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.nd4j.shade.jackson.databind.JsonNode;

/** What is wrong with the outputs that a notebook was committed with. */
final class CommittedOutputs {

    /** A path from the root, or a drive, of someone's machine; addresses on the web are none. */
    private static final Pattern ABSOLUTE_PATH =
            Pattern.compile("(?<![\\w./:])/\\w[\\w.-]*/\\w|file:/\\w|\\b[A-Za-z]:\\\\\\w");

    private static final int LEAST_WIDTH = 300;

    private CommittedOutputs() {}

    /** One sentence for each fault, none for a notebook that was run from top to bottom and printed what it should. */
    static List<String> problems(Notebook notebook) {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < notebook.codeCells().size(); i++) {
            CodeCell cell = notebook.codeCells().get(i);
            if (cell.executionCount() != i + 1) {
                problems.add(cell.id() + ": expected execution count " + (i + 1) + ", got " + cell.executionCount());
            }
            for (JsonNode output : cell.outputs()) {
                check(cell, output, problems);
            }
        }
        return problems;
    }

    private static void check(CodeCell cell, JsonNode output, List<String> problems) {
        String type = output.path("output_type").asText();
        if (type.equals("error")) {
            problems.add(cell.id() + ": error " + output.path("ename").asText());
        }
        if (output.path("name").asText().equals("stderr")) {
            problems.add(cell.id() + ": standard error: "
                    + Notebook.text(output.path("text")).strip());
        }
        String text = Notebook.text(output.path("text"))
                + Notebook.text(output.path("data").path("text/plain"));
        if (ABSOLUTE_PATH.matcher(text).find()) {
            problems.add(cell.id() + ": absolute path: " + text.strip());
        }
        if (text.contains("Added differentiated op") || text.contains("Exception")) {
            problems.add(cell.id() + ": not for a reader: " + text.lines().collect(Collectors.joining(" ")));
        }
        JsonNode png = output.path("data").path("image/png");
        if (!png.isMissingNode() && !isPicture(Notebook.text(png))) {
            problems.add(cell.id() + ": expected a picture at least " + LEAST_WIDTH + " pixels wide");
        }
    }

    private static boolean isPicture(String base64) {
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(base64);
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
            return image != null && image.getWidth() >= LEAST_WIDTH;
        } catch (IllegalArgumentException | IOException e) {
            return false;
        }
    }
}
