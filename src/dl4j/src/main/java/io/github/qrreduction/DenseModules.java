package io.github.qrreduction;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * The modules of a sentence-transformers model, as its {@code modules.json} lists them: each with a name, the path of its
 * folder within the model's, and a type, the class in Python. What else an entry has is kept.
 */
final class DenseModules {
    /** The names that every version from 2 on knows. */
    static final String DENSE = "sentence_transformers.models.Dense";

    static final String NORMALIZE = "sentence_transformers.models.Normalize";

    /** Real ones have some hundred bytes. */
    private static final int MAX_BYTES = 1 << 20;

    private static final int MAX_DEPTH = 64;
    private static final int EXCERPT = 80;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path index;
    private final List<JsonNode> modules;

    private DenseModules(Path index, List<JsonNode> modules) {
        this.index = index;
        this.modules = List.copyOf(modules);
    }

    /** A small JSON file. */
    static JsonNode json(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(file + ": expected at most " + MAX_BYTES + " bytes of JSON, got more");
        }
        try {
            requireFlat(file, bytes);
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + ": expected JSON, got something else: " + printable(e.getOriginalMessage()), e);
        }
    }

    /** Jackson's trees are printed and written by recursion. */
    private static void requireFlat(Path file, byte[] bytes) throws IOException {
        int depth = 0;
        try (JsonParser json = JSON.getFactory().createParser(bytes)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth > MAX_DEPTH) {
                    throw new IllegalArgumentException(
                            file + ": expected at most " + MAX_DEPTH + " levels of JSON, got more");
                }
            }
        }
    }

    /** A value as it stands in a message. */
    static String shown(JsonNode value) {
        String text = value.toString();
        return printable(text.length() > EXCERPT ? text.substring(0, EXCERPT) + ".." : text);
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    static DenseModules read(Path index) throws IOException {
        JsonNode json = json(index);
        List<JsonNode> modules = new ArrayList<>();
        if (json.isArray()) {
            json.forEach(modules::add);
        }
        boolean whole = modules.stream()
                .allMatch(m -> m.path("name").isTextual()
                        && m.path("path").isTextual()
                        && m.path("type").isTextual());
        if (modules.isEmpty() || !whole) {
            throw new IllegalArgumentException(
                    index + ": expected a list of modules, each with the strings name, path and type, got " + shown(json));
        }
        List<String> names = modules.stream().map(m -> m.get("name").asText()).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException(index + ": expected modules of different names, got " + names);
        }
        return new DenseModules(index, modules);
    }

    int size() {
        return modules.size();
    }

    List<String> types() {
        return modules.stream().map(m -> m.get("type").asText()).toList();
    }

    /** Names and packages of classes differ between versions of sentence-transformers. */
    private static boolean is(JsonNode module, String kind) {
        String type = module.get("type").asText();
        return type.startsWith("sentence_transformers.") && type.endsWith("." + kind);
    }

    /** The place of the last one, or -1. */
    int lastDense() {
        return last("Dense");
    }

    int lastPooling() {
        return last("Pooling");
    }

    private int last(String kind) {
        int i = modules.size() - 1;
        while (i >= 0 && !is(modules.get(i), kind)) {
            i--;
        }
        return i;
    }

    boolean endInNormalize() {
        return !modules.isEmpty() && is(modules.get(modules.size() - 1), "Normalize");
    }

    boolean onlyNormalizesBehind(int place) {
        return modules.subList(place + 1, modules.size()).stream().allMatch(m -> is(m, "Normalize"));
    }

    DenseModules first(int count) {
        return new DenseModules(index, modules.subList(0, count));
    }

    /** The folders of the modules from one on. */
    List<Path> folders(int first) {
        List<Path> folders = new ArrayList<>();
        for (int i = first; i < modules.size(); i++) {
            folders.add(folder(i));
        }
        return folders;
    }

    /** A module's folder, which must lie in the model's, whatever its path says. */
    Path folder(int place) {
        String path = modules.get(place).get("path").asText();
        try {
            Path inside = index.getFileSystem().getPath(path).normalize();
            if (!inside.isAbsolute() && !inside.startsWith("..") && !inside.toString().isEmpty()) {
                return index.resolveSibling(inside);
            }
        } catch (InvalidPathException e) {
            // Refused like the others.
        }
        throw new IllegalArgumentException(
                index + ": expected paths of modules within the model's folder, got " + shown(modules.get(place)));
    }

    /**
     * The same with another one at the end, whose folder is made.
     *
     * @param made takes the folder
     */
    DenseModules with(String type, List<Path> made) throws IOException {
        int number = modules.size();
        while (true) {
            String name = Integer.toString(number);
            Path folder = index.resolveSibling(name + type.substring(type.lastIndexOf('.')).replace('.', '_'));
            if (modules.stream().noneMatch(m -> m.get("name").asText().equals(name))) {
                try {
                    made.add(Files.createDirectory(folder));
                    return with(type, name, folder.getFileName().toString());
                } catch (FileAlreadyExistsException e) {
                    // Left by somebody, or of the module that is being replaced: the next number.
                }
            }
            number++;
        }
    }

    private DenseModules with(String type, String name, String path) {
        ObjectNode module = JSON.createObjectNode();
        module.put("idx", modules.size());
        module.put("name", name);
        module.put("path", path);
        module.put("type", type);
        List<JsonNode> more = new ArrayList<>(modules);
        more.add(module);
        return new DenseModules(index, more);
    }

    byte[] json() throws IOException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(modules);
    }
}
