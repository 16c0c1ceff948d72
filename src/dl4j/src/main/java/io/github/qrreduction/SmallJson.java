package io.github.qrreduction;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.core.StreamReadFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.JsonNodeFactory;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Small JSON files of strangers: as trees, token by token. Jackson's binding of data to classes has no part in it.
 * Bytes, levels and digits are limited, since trees are printed by recursion, and long numbers are read in quadratic
 * time.
 */
final class SmallJson {
    /** Real ones have some hundred. */
    private static final int MAX_BYTES = 1 << 20;

    private static final int MAX_DEPTH = 64;
    private static final int MAX_DIGITS = 100;
    private static final int EXCERPT = 80;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private SmallJson() {}

    static JsonNode read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(file + ": expected at most " + MAX_BYTES + " bytes of JSON, got more");
        }
        try (JsonParser json = FACTORY.createParser(bytes)) {
            JsonNode value = value(json, json.nextToken(), 0);
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("expected one value of JSON, got more");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + ": expected JSON, got something else: " + printable(e.getOriginalMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static JsonNode value(JsonParser json, JsonToken token, int depth) throws IOException {
        if (token == null) {
            throw new IllegalArgumentException("expected a value of JSON, got none");
        }
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("expected at most " + MAX_DEPTH + " levels of JSON, got more");
        }
        return switch (token) {
            case START_OBJECT -> object(json, depth);
            case START_ARRAY -> array(json, depth);
            case VALUE_STRING -> NODES.textNode(json.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(json);
            case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(token == JsonToken.VALUE_TRUE);
            default -> NODES.nullNode();
        };
    }

    private static ObjectNode object(JsonParser json, int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            object.set(key, value(json, json.nextToken(), depth + 1));
        }
        return object;
    }

    private static ArrayNode array(JsonParser json, int depth) throws IOException {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
            array.add(value(json, t, depth + 1));
        }
        return array;
    }

    private static JsonNode number(JsonParser json) throws IOException {
        if (json.getTextLength() > MAX_DIGITS) {
            throw new IllegalArgumentException("expected numbers of at most " + MAX_DIGITS + " digits, got more");
        }
        try {
            return switch (json.getNumberType()) {
                case INT -> NODES.numberNode(json.getIntValue());
                case LONG -> NODES.numberNode(json.getLongValue());
                case BIG_INTEGER -> NODES.numberNode(json.getBigIntegerValue());
                default -> NODES.numberNode(json.getDecimalValue());
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a number that can be held, got " + json.getText(), e);
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
}
