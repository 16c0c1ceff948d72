package io.github.qrreduction;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.JsonNodeFactory;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * The modules of a sentence-transformers model, as its {@code modules.json} lists them: each with a name, the path of
 * its folder within the model's, and a type, the class in Python. What else an entry has is kept.
 */
final class DenseModules {
    /** The names that every version from 2 on knows. */
    static final String DENSE = "sentence_transformers.models.Dense";

    static final String NORMALIZE = "sentence_transformers.models.Normalize";

    private final Path index;
    private final List<JsonNode> modules;

    private DenseModules(Path index, List<JsonNode> modules) {
        this.index = index;
        this.modules = List.copyOf(modules);
    }

    static DenseModules read(Path index) throws IOException {
        JsonNode json = SmallJson.read(index);
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
                    index + ": expected a list of modules, each with the strings name, path and type, got "
                            + SmallJson.shown(json));
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
            if (!inside.isAbsolute()
                    && !inside.startsWith("..")
                    && !inside.toString().isEmpty()) {
                return index.resolveSibling(inside);
            }
        } catch (InvalidPathException e) {
            // Refused like the others.
        }
        throw new IllegalArgumentException(index + ": expected paths of modules within the model's folder, got "
                + SmallJson.shown(modules.get(place)));
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
            Path folder = index.resolveSibling(
                    name + type.substring(type.lastIndexOf('.')).replace('.', '_'));
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
        ObjectNode module = JsonNodeFactory.instance.objectNode();
        module.put("idx", modules.size());
        module.put("name", name);
        module.put("path", path);
        module.put("type", type);
        List<JsonNode> more = new ArrayList<>(modules);
        more.add(module);
        return new DenseModules(index, more);
    }

    byte[] json() {
        return JsonNodeFactory.instance
                .arrayNode()
                .addAll(modules)
                .toPrettyString()
                .getBytes(StandardCharsets.UTF_8);
    }
}
